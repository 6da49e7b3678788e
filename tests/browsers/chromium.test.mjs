import { ENGINES } from "./engines.mjs";
import { lessons } from "./lessons.mjs";

lessons(ENGINES[0]);
