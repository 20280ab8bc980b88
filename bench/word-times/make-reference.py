"""Writes reference.tsv: when each word of the speech corpus is said, by CMU PocketSphinx.

An independent judge: other models, other features, and it is given the words. Run from the
project's folder, in a virtual environment of its own:

    python3 -m venv VENV && VENV/bin/pip install pocketsphinx==5.1.1 soundfile==0.14.0
    VENV/bin/python bench/word-times/make-reference.py ../shared/speech

Clips with a word that is not in its dictionary are left out.
"""

import csv
import pathlib
import re
import sys

import soundfile
from pocketsphinx import Decoder, get_model_path

FRAME_MS = 10
SAMPLE_RATE = 16_000
# So wide that the only path, the words in their order, is never given up.
SEARCH = {"beam": 1e-80, "wbeam": 1e-60, "pbeam": 1e-80}
FILLERS = {"<s>", "</s>", "<sil>", "(NULL)", "[NOISE]", "[SPEECH]"}


def known_words():
    with open(get_model_path("en-us/cmudict-en-us.dict"), encoding="utf-8") as lines:
        return {line.split()[0] for line in lines}


def align(samples, words):
    """Start and end of each word in ms, or None where the aligner gives up."""
    decoder = Decoder(lm=None, loglevel="FATAL", bestpath=False, **SEARCH)

    def run():
        decoder.start_utt()
        decoder.process_raw(samples.tobytes(), full_utt=True)
        decoder.end_utt()

    try:
        decoder.set_align_text(" ".join(words))
        run()
        # The second pass goes by phones and is the more exact one.
        decoder.set_alignment()
        run()
        found = [entry for entry in decoder.get_alignment() if entry.name not in FILLERS]
    except RuntimeError:
        return None
    if [re.sub(r"\(\d+\)$", "", entry.name) for entry in found] != words:
        return None
    return [
        (entry.start * FRAME_MS, (entry.start + entry.duration) * FRAME_MS) for entry in found
    ]


def main():
    corpus = pathlib.Path(sys.argv[1])
    known = known_words()
    target = pathlib.Path(__file__).with_name("reference.tsv")
    with open(corpus / "manifest.tsv", encoding="utf-8") as manifest:
        clips = list(csv.DictReader(manifest, delimiter="\t", quoting=csv.QUOTE_NONE))
    with open(target, "w", encoding="utf-8") as output:
        output.write("id\ttimes\n")
        for clip in clips:
            if not clip["file"].startswith("en/"):
                continue
            spoken = clip["reference"].lower().replace("\u2019", "'")
            words = [word.strip("'") for word in re.findall(r"[a-z0-9']+", spoken)]
            unknown = [word for word in words if word not in known]
            if unknown:
                print(f"{clip['id']}: not in the dictionary: {' '.join(unknown)}", file=sys.stderr)
                continue
            samples, rate = soundfile.read(corpus / clip["file"], dtype="int16")
            times = align(samples, words) if rate == SAMPLE_RATE else None
            if times is None:
                print(f"{clip['id']}: not aligned", file=sys.stderr)
                continue
            output.write(clip["id"] + "\t" + " ".join(f"{a}-{b}" for a, b in times) + "\n")


main()
