<?php
// A simulated day of shop.php: orders in every way they can go, and time that passes.
declare(strict_types=1);
require __DIR__ . '/shop.php';

const STORIES = [['paid_at_once', 'automatic'], ['paid_after_3ds', 'automatic'], ['refused', 'automatic'],
    ['authorized_then_captured', 'manual'], ['paid_twice', 'automatic'], ['three_d_secure_failed', 'automatic']];

[$url, $token] = [getenv('TRACKER_URL'), getenv('PAYMENT_STATUS_TOKEN')];
$tracker = create_client($url, $token);
$simulate = function (string $path, array $body) use ($url, $token): array {
    $headers = ["authorization: Bearer $token", 'content-type: application/json'];
    $context = stream_context_create(['http' => ['method' => 'POST', 'header' => $headers, 'content' => json_encode($body)]]);
    return json_decode(file_get_contents("$url/simulator/$path", false, $context), true) ?? [];
};

for ($number = 0; $number < (int) getenv('ORDERS'); $number++) {
    [$story, $capture] = STORIES[$number % count(STORIES)];
    $provider = ['checkout-com', 'onerway', 'stripe'][intdiv($number, count(STORIES)) % 3];
    $create = fn ($order, $provider, $amount) => $simulate('payments', compact('provider', 'amount', 'story') + ['reference' => $order])['response'];
    check_out($tracker, "php-$number", $provider, ['amount' => 1000 + $number, 'currency' => 'EUR'], $capture, $create, array_fill(0, 100, 1000));
    $simulate('clock', ['advance' => '20m']);
}
$simulate('clock', ['advance' => '2d']);

try {
    $tracker->getOrder(order: 'unknown');
} catch (Refused $refused) {
    echo "$refused->status $refused->errorCode\n";
}
echo $tracker->probe(), ' ', $tracker->getOrder(order: 'php-0')['orderStatus']['status'], ' ', count($tracker->listOrders(limit: 2)['orders']), "\n";
