import {render} from "preact";
import {App} from "./app";
import {comeBack} from "./oidc";
import "./style.css";

await comeBack();
render(<App />, document.getElementById("app")!);
