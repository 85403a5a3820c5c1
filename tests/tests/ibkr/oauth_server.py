"""The broker's side of OAuth 1.0a, after its document, with nothing but Python's own library: another reading of the same
rules as the client's. Usage: oauth_server.py FOLDER, with the vectors and keys. Prints its port."""

import base64
import hashlib
import hmac
import http.server
import json
import pathlib
import re
import secrets
import sys
import time
import urllib.parse

FOLDER = pathlib.Path(sys.argv[1])
VECTORS = json.loads((FOLDER / "vectors.json").read_text())
PRIME, GENERATOR = int(VECTORS["dh_prime_hex"], 16), int(VECTORS["dh_generator"])
SECRET = bytes.fromhex(VECTORS["access_token_secret_plain_hex"])
CONSUMER, TOKEN = VECTORS["consumer_key"], VECTORS["access_token"]
# What comes before a SHA-256 in a signature (RFC 8017, section 9.2).
SHA256 = bytes.fromhex("3031300d060960864801650304020105000420")


def numbers(name):
    """The numbers of a private key in PKCS#1."""
    text = (FOLDER / name).read_text()
    der = base64.b64decode("".join(line for line in text.splitlines() if not line.startswith("-")))

    def element(place):
        length, place = der[place + 1], place + 2
        if length & 0x80:
            size = length & 0x7F
            length, place = int.from_bytes(der[place : place + size], "big"), place + size
        return place, place + length

    place, end = element(0)
    found = []
    while place < end:
        start, place = element(place)
        found.append(int.from_bytes(der[start:place], "big"))
    return found


MODULUS, EXPONENT = numbers("made-up-signature.pkcs1.pem")[1:3]


def encode(text):
    return urllib.parse.quote(text, safe="-._~")


def base_string(method, url, parameters):
    address, _, query = url.partition("?")
    pairs = [(name, value) for name, value in parameters.items() if name not in ("realm", "oauth_signature")]
    pairs += urllib.parse.parse_qsl(query, keep_blank_values=True)
    return "&".join([method, encode(address), encode("&".join(f"{name}={value}" for name, value in sorted(pairs)))])


def is_signed_with_key(text, signature):
    number = pow(int.from_bytes(signature, "big"), EXPONENT, MODULUS)
    hashed = SHA256 + hashlib.sha256(text.encode()).digest()
    padded = b"\x00\x01" + b"\xff" * (256 - 3 - len(hashed)) + b"\x00" + hashed
    return number.to_bytes(256, "big") == padded


def java_bytes(number):
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    tokens = []
    nonces = set()

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def refuse(self, why):
        self.answer(401, {"error": f"id: 1, error: {why}", "statusCode": 401})

    def serve(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        header = self.headers.get("Authorization", "")
        parameters = dict(re.findall(r'([a-z_]+)="([^"]*)"', header))
        signature = base64.b64decode(urllib.parse.unquote(parameters.get("oauth_signature", "")))
        url = f"http://{self.headers['Host']}{self.path}"
        text = base_string(self.command, url, parameters)
        names = (parameters.get("oauth_consumer_key"), parameters.get("oauth_token"), parameters.get("realm"))
        if not header.startswith("OAuth ") or names != (CONSUMER, TOKEN, "limited_poa"):
            return self.refuse(f"other names: {header}")
        if parameters["oauth_nonce"] in self.nonces:
            return self.refuse("a nonce came twice")
        self.nonces.add(parameters["oauth_nonce"])
        if not re.fullmatch(r"\d{10}", parameters["oauth_timestamp"]):
            return self.refuse("a time that is not in seconds")
        if abs(int(parameters["oauth_timestamp"]) - time.time()) > 60:
            return self.refuse("another time")
        if self.path.endswith("/oauth/live_session_token"):
            if parameters["oauth_signature_method"] != "RSA-SHA256":
                return self.refuse("another method")
            if not is_signed_with_key(SECRET.hex() + text, signature):
                return self.refuse(f"another signature than of {text}")
            return self.exchange(int(parameters["diffie_hellman_challenge"], 16))
        if parameters["oauth_signature_method"] != "HMAC-SHA256" or not any(
            hmac.compare_digest(hmac.digest(token, text.encode(), "sha256"), signature) for token in self.tokens
        ):
            return self.refuse(f"another signature than of {text}")
        self.answer(200, {"is": text})

    def exchange(self, challenge):
        exponent = secrets.randbits(256)
        key = java_bytes(pow(challenge, exponent, PRIME))
        token = hmac.digest(key, SECRET, "sha1")
        self.tokens.append(token)
        self.answer(
            200,
            {
                "diffie_hellman_response": f"{pow(GENERATOR, exponent, PRIME):x}",
                "live_session_token_signature": hmac.digest(token, CONSUMER.encode(), "sha1").hex(),
                "live_session_token_expiration": int((time.time() + 24 * 60 * 60) * 1000),
            },
        )

    def log_message(self, *_):
        pass

    do_GET = do_POST = do_DELETE = serve


with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
    print(server.server_port, flush=True)
    server.serve_forever()
