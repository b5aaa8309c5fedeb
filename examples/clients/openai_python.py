"""OpenAI's Python SDK against the gateway. `pip install openai`, then `python openai_python.py`.

ENSEMBLE_URL (default http://127.0.0.1:8080/v1), ENSEMBLE_MODEL (default council), ENSEMBLE_KEY (default none).
"""

import os
import sys

from openai import OpenAI

client = OpenAI(
    base_url=os.environ.get("ENSEMBLE_URL", "http://127.0.0.1:8080/v1"),
    api_key=os.environ.get("ENSEMBLE_KEY", "none"),
)
model = os.environ.get("ENSEMBLE_MODEL", "council")
messages = [{"role": "user", "content": "What is 17 * 23?"}]

raw = client.chat.completions.with_raw_response.create(model=model, messages=messages)
completion = raw.parse()
print(completion.choices[0].message.content)
print("agreement", raw.headers.get("x-ensemble-agreement"), "cost", raw.headers.get("x-ensemble-cost-usd"))
print("tokens of all sub-calls", completion.usage.total_tokens)

try:
    stream = client.chat.completions.create(
        model=model, messages=messages, stream=True, stream_options={"include_usage": True}
    )
    for chunk in stream:
        if chunk.choices:
            print(chunk.choices[0].delta.content or "", end="", flush=True)
        if chunk.usage:
            print(f"\n{chunk.usage.total_tokens} tokens")
except Exception as error:  # a stream that breaks raises the HTTP library's own errors as well as the SDK's
    print(f"\nNo answer, or not all of it: {error}", file=sys.stderr)
    sys.exit(1)
