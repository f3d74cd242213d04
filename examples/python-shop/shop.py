"""A shop beside `payment-status track`. It knows orders and HTTP, and nothing of payment providers."""
import base64, hashlib, hmac, json, os, random
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.request import Request, urlopen

TRACKER, TOKEN = os.environ["TRACKER_URL"], os.environ["PAYMENT_STATUS_TOKEN"]
SECRET = base64.b64decode(os.environ["CHANGES_SECRET"].removeprefix("whsec_"))
DONE, DELIVERED = set(), []  # two tables, in a real shop written in one transaction

def ask(method, path, body):
    headers = {"content-type": "application/json", "authorization": f"Bearer {TOKEN}"}
    with urlopen(Request(TRACKER + path, json.dumps(body).encode(), headers, method=method)) as answer:
        return json.load(answer)

def check_out(order, provider, amount, story, capture):
    terms = {"expected": {"amount": amount, "reference": order}, "capture": capture}
    watched = {"terms": terms, "payments": [{"provider": provider, "reference": order}]}
    ask("PUT", f"/orders/{order}", {**watched, "schedule": [1000, 2000, 3000, 5000, 5000, 5000, 10000, 10000, 20000]})
    paying = {"provider": provider, "reference": order, "amount": amount, "story": story}
    response = ask("POST", "/simulator/payments", paying)["response"]  # here a shop asks its provider to create a payment
    ask("POST", "/reports", {"provider": provider, **response})

class Changes(BaseHTTPRequestHandler):
    def do_POST(self):
        body, key = self.rfile.read(int(self.headers["content-length"])), self.headers["webhook-id"]
        signed = f"{key}.{self.headers['webhook-timestamp']}.".encode() + body
        wanted = "v1," + base64.b64encode(hmac.digest(SECRET, signed, hashlib.sha256)).decode()
        if not hmac.compare_digest(wanted, self.headers["webhook-signature"]): return self.send_error(401)
        if random.random() < 0.2: return self.send_error(500)  # bad days: the same comes again
        data = json.loads(body)["data"]
        if key not in DONE and data.get("step", {}).get("kind") == "fulfill": DELIVERED.append(data["order"])
        DONE.add(key)
        self.send_response(204), self.end_headers()

    def do_GET(self):
        self.send_response(200), self.end_headers(), self.wfile.write(json.dumps(DELIVERED).encode())

    def log_message(self, *_): pass

if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Changes).serve_forever()
