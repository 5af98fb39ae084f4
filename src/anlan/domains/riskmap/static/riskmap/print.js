// The sheet to print: its styles, and the button.

import "./print.css";

document.getElementById("print").addEventListener("click", () => print());
