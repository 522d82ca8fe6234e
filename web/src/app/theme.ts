import { createTheme, type MantineColorsTuple } from "@mantine/core";

const teal: MantineColorsTuple = [
  "#e6f5f4", "#cfe7e5", "#a1cecb", "#70b5b0", "#479f99", "#2d918b", "#1a8a84", "#0a7771", "#006a65", "#005c57",
];

const dark: MantineColorsTuple = [
  "#dbe0e0", "#bcc4c4", "#a3acac", "#6d7777", "#434c4d", "#363e3f", "#272d2e", "#1e2324", "#16191a", "#101314",
];

// A little warm, as the paper below everything is.
const gray: MantineColorsTuple = [
  "#f8f7f3", "#f0eee8", "#e7e4dc", "#dedbd2", "#cdc9be", "#aeaaa0", "#827e75", "#4f4d48", "#363430", "#232220",
];

export const theme = createTheme({
  primaryColor: "teal",
  primaryShade: { light: 8, dark: 7 },
  colors: { teal, dark, gray },
  fontFamily: "Inter, ui-sans-serif, system-ui, 'Segoe UI', Roboto, 'Noto Sans', sans-serif",
  headings: {
    fontFamily: "'Iowan Old Style', 'Palatino Linotype', Palatino, 'Source Serif 4', Georgia, serif",
    fontWeight: "600",
    sizes: { h1: { fontSize: "1.65rem" }, h2: { fontSize: "1.2rem" }, h3: { fontSize: "1rem" } },
  },
  defaultRadius: "md",
  autoContrast: true,
  cursorType: "pointer",
  focusRing: "auto",
  components: {
    Badge: { defaultProps: { tt: "none" }, styles: { label: { fontWeight: 600 } } },
    Modal: { defaultProps: { closeButtonProps: { "aria-label": "Close" } } },
    Drawer: { defaultProps: { closeButtonProps: { "aria-label": "Close" } } },
  },
});
