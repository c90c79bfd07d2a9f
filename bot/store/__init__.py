"""The SQLModel store: tables, engine, queries."""
