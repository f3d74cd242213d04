"""A shop next to `payment-status track`. It knows orders and HTTP, and no payment provider."""
import base64, hashlib, hmac, json, os, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.request import Request, urlopen

TRACKER, TOKEN = os.environ["TRACKER_URL"], os.environ["PAYMENT_STATUS_TOKEN"]
SECRET = base64.b64decode(os.environ["CHANGES_SECRET"].removeprefix("whsec_"))
LONGEST_AGE_IN_SECONDS = 300
DONE, DELIVERED = set(), []  # two tables in a real shop, written in one transaction

def send(method, path, body):
    headers = {"content-type": "application/json", "authorization": f"Bearer {TOKEN}"}
    with urlopen(Request(TRACKER + path, json.dumps(body).encode(), headers, method=method)) as answer:
        return json.load(answer)

def check_out(order, provider, amount, capture, create_payment, schedule="card"):
    """Tracks the order, creates its payment, and reports the provider's answer."""
    terms = {"expected": {"amount": amount, "reference": order}, "capture": capture}
    payments = [{"provider": provider, "reference": order}]
    send("PUT", f"/orders/{order}", {"terms": terms, "payments": payments, "schedule": schedule})
    answer = create_payment(order, provider, amount)  # {"body": …, "sent": …}
    send("POST", "/reports", {"provider": provider, **answer})

def is_genuine(body, key, timestamp, signatures):
    """Verifies a message by Standard Webhooks: HMAC-SHA256 over id, timestamp and body, and at most five minutes old."""
    signed = f"{key}.{timestamp}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.digest(SECRET, signed, hashlib.sha256)).decode()
    is_valid = any([hmac.compare_digest(expected.encode(), signature.encode()) for signature in signatures.split(" ")])
    return is_valid and timestamp.isdigit() and abs(time.time() - int(timestamp)) < LONGEST_AGE_IN_SECONDS

class Changes(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        key, timestamp, signatures = (self.headers.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
        genuine = is_genuine(body, key, timestamp, signatures)
        if genuine and key not in DONE: self.take(key, json.loads(body))
        self.send_response(204 if genuine else 401), self.end_headers()

    def take(self, key, message):
        step = message["data"].get("step", {}).get("kind")
        if message["type"] == "payment.changed" and step == "fulfill": DELIVERED.append(message["data"]["order"])
        DONE.add(key)

if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Changes).serve_forever()
