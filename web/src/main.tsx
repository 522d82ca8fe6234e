import "@mantine/core/styles.css";
import "./app/style.css";
import { createRoot } from "react-dom/client";
import { App } from "./app/app";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no root element.");
createRoot(root).render(<App />);
