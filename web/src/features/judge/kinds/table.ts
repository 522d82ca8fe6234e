import type { Kind } from "../../../api/types";
import { adjudicate } from "./adjudicate";
import { appeal } from "./appeal";
import { chat } from "./chat";
import { compare } from "./compare";
import { edit } from "./edit";
import { factCheck } from "./fact-check";
import { flag } from "./flag";
import type { KindPage } from "./kind";
import { prompt } from "./prompt";
import { rate } from "./rate";
import { review } from "./review";
import { rewrite } from "./rewrite";
import { rubric } from "./rubric";
import { spans } from "./spans";
import { write } from "./write";

export const kindPages: Record<Kind, KindPage> = {
  compare, rate, write, edit, rewrite, spans, flag, rubric, fact_check: factCheck, prompt, chat, review, appeal, adjudicate,
};
