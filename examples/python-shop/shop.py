"""A shop that uses `payment-status track`. It knows orders and HTTP, and nothing of payment providers."""
import base64, hashlib, hmac, json, os, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.request import Request, urlopen

TRACKER, TOKEN = os.environ["TRACKER_URL"], os.environ["PAYMENT_STATUS_TOKEN"]
SECRET = base64.b64decode(os.environ["CHANGES_SECRET"].removeprefix("whsec_"))
DONE, DELIVERED = set(), []  # two tables, in a real shop written in one transaction

def ask(method, path, body):
    headers = {"content-type": "application/json", "authorization": f"Bearer {TOKEN}"}
    with urlopen(Request(TRACKER + path, json.dumps(body).encode(), headers, method=method)) as answer:
        return json.load(answer)

def check_out(order, provider, amount, capture, create_payment, schedule="card"):
    terms = {"expected": {"amount": amount, "reference": order}, "capture": capture}
    payments = [{"provider": provider, "reference": order}]
    ask("PUT", f"/orders/{order}", {"terms": terms, "payments": payments, "schedule": schedule})
    answer = create_payment(order, provider, amount)  # what was sent to the provider, and the body it answered
    ask("POST", "/reports", {"provider": provider, **answer})

class Changes(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        key, at = self.headers["webhook-id"], self.headers["webhook-timestamp"]
        wanted = "v1," + base64.b64encode(hmac.digest(SECRET, f"{key}.{at}.".encode() + body, hashlib.sha256)).decode()
        is_ours = hmac.compare_digest(wanted, self.headers["webhook-signature"]) and abs(time.time() - int(at)) < 300
        if is_ours and key not in DONE: self.take(key, json.loads(body)["data"])
        self.send_response(204 if is_ours else 401), self.end_headers()

    def take(self, key, change):
        if change.get("step", {}).get("kind") == "fulfill": DELIVERED.append(change["order"])
        DONE.add(key)

if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Changes).serve_forever()
