"""Recomputes the golden vectors without a line of the product: canonical JSON, hashes, tree, notes, Ed25519, receipt.

Python 3 without packages. Prints how much it checked; ends with 1 and the first thing that differs otherwise.
"""
import base64
import hashlib
import json
import pathlib
import sys

here = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent / "vectors")
checked = 0


def check(condition, what):
    global checked
    checked += 1
    if not condition:
        sys.exit(f"differs: {what}")


def sha(*parts):
    return hashlib.sha256(b"".join(p.encode() if isinstance(p, str) else p for p in parts)).digest()


def b64(text):
    return base64.b64decode(text, validate=True)


def read(name):
    return (here / name).read_text(encoding="utf-8")


# RFC 8785 for what we use: integers, strings, members sorted by UTF-16 code units (ours are ASCII).
def canonical(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


# Ed25519 verification after RFC 8032, section 6: slow and plain.
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def recover(y, sign):
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    check(y < P and (x * x - x2) % P == 0, "a point of the curve")
    return P - x if x & 1 != sign else x


def point(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    x = recover(y, sign)
    return (x, y, 1, x * y % P)


def add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(scalar, p):
    q = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            q = add(q, p)
        p, scalar = add(p, p), scalar >> 1
    return q


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = (recover(BASE_Y, 0), BASE_Y, 1, recover(BASE_Y, 0) * BASE_Y % P)


def signed(key, message, signature):
    message = message.encode() if isinstance(message, str) else message
    s = int.from_bytes(signature[32:], "little")
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    left, right = times(s, BASE), add(point(signature[:32]), times(k, point(key)))
    return s < L and (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


# RFC 6962, section 2.1, by its own definitions.
def node(left, right):
    return sha(b"\x01", left, right)


def split(n):
    return 1 << (n - 1).bit_length() - 1


def tree(leaves):
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return node(tree(leaves[:k]), tree(leaves[k:]))


def path(m, leaves):
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    return path(m, leaves[:k]) + [tree(leaves[k:])] if m < k else path(m - k, leaves[k:]) + [tree(leaves[:k])]


def consistency(m, leaves, whole=True):
    if m == len(leaves):
        return [] if whole else [tree(leaves)]
    k = split(len(leaves))
    if m <= k:
        return consistency(m, leaves[:k], whole) + [tree(leaves[k:])]
    return consistency(m - k, leaves[k:], False) + [tree(leaves[:k])]


def vkey(text):
    name, key_id, data = text.strip().split("+", 2)
    check(sha(name, "\n", b64(data))[:4].hex() == key_id, f"key id of {name}")
    return name, bytes.fromhex(key_id), b64(data)[0], b64(data)[1:]


def note(text, key):
    name, key_id, kind, public = key
    body, lines = text[: text.rindex("\n\n") + 1], text[text.rindex("\n\n") + 2 :].splitlines()
    data = [b64(line.split(" ")[2]) for line in lines if line.split(" ")[1] == name]
    mine = [d[4:] for d in data if d[:4] == key_id]
    check(len(mine) == 1, f"one signature of {name}")
    stamp, signature = (mine[0][:8], mine[0][8:]) if kind == 4 else (b"", mine[0])
    message = f"cosignature/v1\ntime {int.from_bytes(stamp, 'big')}\n{body}" if kind == 4 else body
    check(signed(public, message, signature), f"signature of {name}")
    return body.splitlines()


def texts(cases):
    for case in cases:
        check(canonical(case["value"]) == case["text"], "canonical text")
        check(sha(case["text"]).hex() == case["hash"], "hash of a text")


envelopes, documents = json.loads(read("envelopes.json")), json.loads(read("documents.json"))
journal, log = json.loads(read("journal.json")), json.loads(read("log.json"))
texts([*envelopes, *documents["cases"], *journal, json.loads(read("sign-in.json"))])

for shown in json.loads(read("shown.json")):
    check(sha(shown["text"]).hex() == shown["hash"] and shown["text"].endswith("\n"), "text that was shown")

platform_key = b64(documents["key"])
for case in documents["cases"]:
    (one,) = case["signed"]["signatures"]
    check(one["key"] == sha(platform_key).hex()[:16] and case["signed"]["document"] == case["text"], "key id of a document")
    check(signed(platform_key, case["text"], b64(one["signature"])), f"signature of the {case['name']} document")

start = documents["cases"][0]["hash"]
previous, case_hash = start, "0" * 64
for act in envelopes:
    check(act["value"]["previous"] == previous and act["value"]["subject"]["hash"] == case_hash, "chain of acts")
    previous, case_hash = act["hash"], sha(case_hash, act["hash"]).hex()
    check(act["caseHash"] == case_hash, "hash of the case")
previous = start
for entry in journal:
    check(entry["value"]["previous"] == previous, "chain of the journal")
    previous = entry["hash"]

leaves = []
for entry in log["entries"]:
    seal = bytes.fromhex(entry["salt"]) + bytes.fromhex(entry["envelope"]) + bytes.fromhex(entry["cmsHash"])
    check(sha("qorgan.commitment/1\n", seal).hex() == entry["leaf"]["commitment"], "commitment")
    data = bytes.fromhex(entry["validation"]["salt"]) + bytes.fromhex(entry["validation"]["dataHash"])
    check(entry["leaf"]["validation"] in (None, sha("qorgan.validation/1\n", data).hex()), "validation")
    check(sha(entry["cms"]).hex() == entry["cmsHash"] and canonical(entry["leaf"]) == entry["leafText"], "leaf text")
    leaves.append(sha(b"\x00", entry["leafText"]))
    check(leaves[-1].hex() == entry["leafHash"], "leaf hash")
    check(b64(log["roots"][len(leaves) - 1]) == tree(leaves), "root")
for index in range(len(leaves)):
    check([b64(h) for h in log["inclusions"][index]] == path(index, leaves), "inclusion path")
    check([b64(h) for h in log["consistencies"][index]] == consistency(index + 1, leaves), "consistency path")
head = [log["origin"], str(len(leaves)), log["roots"][-1]]
check(note(log["checkpoint"], vkey(log["keys"]["log"])) == head, "checkpoint")
check(note(log["cosigned"], vkey(log["keys"]["witness"])) == head, "cosigned checkpoint")

# The receipt, as a stranger gets it: a file, the act, its signature, and the key of the log.
top, checkpoint = read("receipt.tlog-proof").split("\n\n", 1)
version, extra, index, *hashes = top.splitlines()
origin, size, root = note(checkpoint, vkey(read("log.key")))
opening = json.loads(b64(extra.split(" ")[1]))
leaf = json.loads(opening["leaf"])
place, last, top_hash = int(index.split(" ")[1]), int(size) - 1, sha(b"\x00", opening["leaf"])
for sibling in map(b64, hashes):
    if place % 2 or place == last:
        top_hash = node(sibling, top_hash)
        while not place % 2:
            place, last = place // 2, last // 2
    else:
        top_hash = node(top_hash, sibling)
    place, last = place // 2, last // 2
check(version == "c2sp.org/tlog-proof@v1" and last == 0 and top_hash == b64(root), "path of the receipt")
act, cms = (here / "receipt-act.json").read_bytes(), (here / "receipt-signature.bin").read_bytes()
check(opening["envelope"] == sha(act).hex() and opening["cms"] == sha(cms).hex(), "act of the receipt")
check(sha("qorgan.commitment/1\n", b64(opening["salt"]), sha(act), sha(cms)).hex() == leaf["commitment"], "opening of the receipt")
check(origin == f"qorgan.{leaf['platform']}" and leaf["outcome"] == "accepted", "outcome of the receipt")
print(f"{checked} checks")
