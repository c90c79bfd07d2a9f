"""What one team hands to another: what may be answered, what is due, and what shows that it is ready."""
