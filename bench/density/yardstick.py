"""Reads recordings with moonshine-voice's own streaming transcriber, one for each line of input.

Takes lines of JSON {"pcm": file of 32-bit float samples at 16 kHz, "interval": seconds between two
updates} and answers each with one of {"text", "cpu", "shown"}: what it heard, the processor seconds
of this process, and how many times the text that a reader sees changed. The library counts time in
samples, so that recordings are fed as fast as it takes them, in pieces of 100 ms.
"""

import json
import sys
import time
from pathlib import Path

import numpy
from moonshine_voice import ModelArch, Transcriber
from moonshine_voice.transcriber import LineTextChanged

PIECE = 1600


def read(transcriber, path, interval):
    samples = numpy.fromfile(path, dtype=numpy.float32)
    shown = 0

    def listen(event):
        nonlocal shown
        if isinstance(event, LineTextChanged):
            shown += 1

    before = time.process_time()
    stream = transcriber.create_stream(update_interval=interval)
    stream.add_listener(listen)
    stream.start()
    for at in range(0, len(samples), PIECE):
        stream.add_audio(samples[at : at + PIECE].tolist(), 16000)
    transcript = stream.stop()
    stream.close()
    cpu = time.process_time() - before
    return {"text": " ".join(line.text for line in transcript.lines), "cpu": cpu, "shown": shown}


def main():
    import moonshine_voice

    model = Path(moonshine_voice.__file__).parent / "assets" / "tiny-en"
    transcriber = Transcriber(model, ModelArch.TINY)
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        task = json.loads(line)
        print(json.dumps(read(transcriber, task["pcm"], task["interval"])), flush=True)


main()
