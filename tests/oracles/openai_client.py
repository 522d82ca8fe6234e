#!/usr/bin/env python3
"""The official openai client against `preceptor serve --model`: every call that the server answers.

Needs a Python with the package openai (2.x) and a program that is built:
  tests/oracles/openai_client.py PROGRAM MODEL_FOLDER
The model may be any, even one of random weights, as long as it has a chat template.
"""
import concurrent.futures
import json
import re
import subprocess
import sys
import time

import openai


def start(program, model):
    server = subprocess.Popen([program, "serve", "--model", model, "--port", "0"], stdout=subprocess.PIPE, text=True)
    line = server.stdout.readline()
    return server, re.search(r"http://\S+", line).group(0)


def expect(condition, what):
    if not condition:
        raise AssertionError(what)
    print(f"ok: {what}", flush=True)


def check_models(client):
    models = client.models.list().data
    expect(len(models) == 1, "one model is listed")
    expect(client.models.retrieve(models[0].id).id == models[0].id, "and found by its name")
    return models[0].id


def check_chat(client, model):
    ask = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "What does the ferry cost?"}]
    whole = client.chat.completions.create(model=model, messages=ask, max_tokens=24, seed=3, n=2, logprobs=True,
                                           top_logprobs=3)
    expect(len(whole.choices) == 2, "two samples")
    expect(whole.usage.total_tokens == whole.usage.prompt_tokens + whole.usage.completion_tokens, "usage adds up")
    tokens = whole.choices[0].logprobs.content
    expect(all(len(token.top_logprobs) == 3 for token in tokens), "three alternatives to each token")
    text = bytes(byte for token in tokens for byte in token.bytes).decode(errors="replace")
    expect(text.startswith(whole.choices[0].message.content[:5]), "the tokens' bytes are the text")

    again = client.chat.completions.create(model=model, messages=ask, max_tokens=24, seed=3)
    expect(again.choices[0].message.content == whole.choices[0].message.content, "the seed decides the text")

    streamed = ["", ""]
    usage = None
    for chunk in client.chat.completions.create(model=model, messages=ask, max_tokens=24, seed=3, n=2, stream=True,
                                                stream_options={"include_usage": True}):
        for choice in chunk.choices:
            streamed[choice.index] += choice.delta.content or ""
        usage = chunk.usage or usage
    expect(streamed == [choice.message.content for choice in whole.choices], "streamed text is the same text")
    expect(usage.completion_tokens == whole.usage.completion_tokens, "usage is streamed last")

    letter = next((c for c in whole.choices[0].message.content[2:] if c.isascii() and c.isalnum()), "e")
    cut = client.chat.completions.create(model=model, messages=ask, max_tokens=24, seed=3, stop=[letter])
    expect(cut.choices[0].message.content == whole.choices[0].message.content.split(letter)[0],
           "a stop string cuts the text")
    return ask


def check_forms(client, model, ask):
    schema = {"type": "object",
              "properties": {"name": {"type": "string", "maxLength": 12}, "cost": {"type": "integer", "minimum": 1,
                                                                                      "maximum": 99},
                             "open": {"type": "boolean"}},
              "required": ["name", "cost", "open"], "additionalProperties": False}
    for seed in range(8):
        answer = client.chat.completions.create(
            model=model, messages=ask, seed=seed, max_completion_tokens=400,
            response_format={"type": "json_schema", "json_schema": {"name": "ferry", "schema": schema, "strict": True}})
        expect(answer.choices[0].finish_reason == "stop", "a constrained text comes to its end")
        value = json.loads(answer.choices[0].message.content)
        expect(list(value) == ["name", "cost", "open"] and 1 <= value["cost"] <= 99, f"by its schema: {value}")
    answer = client.chat.completions.create(model=model, messages=ask, max_tokens=60, seed=1,
                                            response_format={"type": "json_object"})
    expect(answer.choices[0].message.content.startswith("{"), "any JSON object")
    answer = client.completions.create(model=model, prompt="Call", max_tokens=60, seed=1,
                                       extra_body={"response_format": {"type": "regex", "pattern": r"\d{3}-\d{4}"}})
    expect(re.fullmatch(r"\d{3}-\d{4}", answer.choices[0].text), "by a regular expression")


def check_texts(client, model):
    answer = client.completions.create(model=model, prompt=["The ferry", "The harbour"], max_tokens=8, seed=1,
                                       logprobs=2, temperature=0)
    expect(len(answer.choices) == 2, "a text for each prompt")
    expect(sum(len(choice.logprobs.tokens) for choice in answer.choices) == answer.usage.completion_tokens,
           "with all its tokens")
    streamed = "".join(chunk.choices[0].text for chunk in client.completions.create(
        model=model, prompt="The ferry", max_tokens=8, temperature=0, stream=True) if chunk.choices)
    expect(streamed == answer.choices[0].text, "streamed text is the same text")


def check_refusals(client, model, ask):
    for problem, error, what in [
            ({"temperature": 9}, openai.BadRequestError, "temperature"),
            ({"tools": [{"type": "function", "function": {"name": "x"}}]}, openai.BadRequestError, "tools"),
            ({"messages": [{"role": "user", "content": "long " * 100000}]}, openai.BadRequestError, None)]:
        try:
            client.chat.completions.create(**{"model": model, "messages": ask, **problem})
            raise AssertionError(f"not refused: {problem.keys()}")
        except error as refused:
            expect(what is None or refused.param == what, f"refused: {refused.body['message'][:60]}")


def check_together(client, model, ask):
    def one(seed):
        return client.chat.completions.create(model=model, messages=ask, max_tokens=32, seed=seed
                                              ).choices[0].message.content
    alone = [one(seed) for seed in range(16)]
    with concurrent.futures.ThreadPoolExecutor(16) as people:
        together = list(people.map(one, range(16)))
    expect(together == alone, "sixteen at once get the texts they get alone")


def main():
    program, model_folder = sys.argv[1:]
    server, address = start(program, model_folder)
    try:
        client = openai.OpenAI(base_url=address, api_key="none", max_retries=0)
        model = check_models(client)
        ask = check_chat(client, model)
        check_texts(client, model)
        check_forms(client, model, ask)
        check_refusals(client, model, ask)
        check_together(client, model, ask)
    finally:
        server.terminate()
        server.wait()
    print(f"openai {openai.__version__}: all calls answered, {time.strftime('%Y-%m-%d')}")


if __name__ == "__main__":
    main()
