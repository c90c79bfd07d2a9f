// The page's own signs, drawn as SVG: a bare machine may have no font with emoji. 20 by 20, in the text's colour.
const SVG = "http://www.w3.org/2000/svg";
const PATHS = {
  bolt: "M11 2 4 11h5l-1 7 8-10h-6z",
  delete: "M4 6h12M8 6V4h4v2M6 6l1 11h6l1-11M9 9v5M11 9v5",
  edit: "M4 16l1-4 8-8 3 3-8 8zM11 6l3 3",
  close: "M5 5l10 10M15 5 5 15",
  back: "M12 4 6 10l6 6",
  eye: "M2 10s3-5 8-5 8 5 8 5-3 5-8 5-8-5-8-5zM10 8a2 2 0 1 0 0 4 2 2 0 0 0 0-4z",
  hash: "M7 3 5.5 17M14 3l-1.500 14M3.500 7.500h14M3 12.500h14",
  home: "M3 10l7-6 7 6M5 9v8h10V9",
  lock: "M5 9h10v8H5zM7 9V6a3 3 0 0 1 6 0v3",
  more: "M4 10h.01M10 10h.01M16 10h.01",
  clip: "M14 6l-6 6a2 2 0 0 0 3 3l6-6a4 4 0 0 0-6-6l-6 6",
  picture: "M3 4h14v12H3zM3 13l4-4 4 4 2-2 4 4M13 7.500h.01",
  react: "M10 2a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM7 8h.01M13 8h.01M6.500 12a4 4 0 0 0 7 0",
  reply: "M3 4h14v9H9l-4 4v-4H3z",
  talk: "M10 4a7 5.500 0 1 0 2 11l4 2-1-3.500A5.500 5.500 0 0 0 10 4z",
};

/** A decorative icon: the control that holds it carries the words. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [key, value] of Object.entries({ viewBox: "0 0 20 20", width: "18", height: "18", class: `icon icon-${name}`, "aria-hidden": "true" })) svg.setAttribute(key, value);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
