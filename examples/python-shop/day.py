"""A simulated day of shop.py: orders in every way they can go, time that passes, and a receiver that fails now and then."""
import itertools, json, os, threading
from http.server import ThreadingHTTPServer
import shop

STORIES = [("paid_at_once", "automatic"), ("paid_after_3ds", "automatic"), ("refused", "automatic"),
           ("authorized_then_captured", "manual"), ("paid_twice", "automatic"), ("three_d_secure_failed", "automatic")]
EVERY_SECOND = [1000] * 100  # the day of the providers is shorter than ours
ATTEMPTS = itertools.count(1)

class BadDay(shop.Changes):
    def do_POST(self):
        if next(ATTEMPTS) % 5: return super().do_POST()
        self.send_error(500)  # the same comes again

    def do_GET(self):
        self.send_response(200), self.end_headers(), self.wfile.write(json.dumps(shop.DELIVERED).encode())

    def log_message(self, *_): pass

def create_payment_as(story):
    def create_payment(order, provider, amount):
        paying = {"provider": provider, "reference": order, "amount": amount, "story": story}
        return shop.send("POST", "/simulator/payments", paying)["response"]
    return create_payment

server = ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), BadDay)
threading.Thread(target=server.serve_forever, daemon=True).start()
for number in range(int(os.environ["ORDERS"])):
    story, capture = STORIES[number % len(STORIES)]
    provider = ["checkout-com", "onerway", "stripe"][number // len(STORIES) % 3]
    amount = {"amount": 1000 + number, "currency": "EUR"}
    shop.check_out(f"python-{number}", provider, amount, capture, create_payment_as(story), EVERY_SECOND)
    shop.send("POST", "/simulator/clock", {"advance": "20m"})
shop.send("POST", "/simulator/clock", {"advance": "2d"})
print("the day is over", flush=True)
input()
