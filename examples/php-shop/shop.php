<?php
// A shop next to `payment-status track`, in PHP 8 without a library. It knows orders and HTTP, and no payment provider.
// Serve it where CHANGES_URL points: php -S 127.0.0.1:3000 shop.php
declare(strict_types=1);
require __DIR__ . '/client.php';

const LONGEST_AGE_IN_SECONDS = 300;

/** Tracks the order, creates its payment, and reports the provider's answer. `$create` calls the provider's API. */
function check_out(object $tracker, string $order, string $provider, array $amount, string $capture, callable $create, mixed $schedule = 'card'): void
{
    $terms = ['expected' => ['amount' => $amount, 'reference' => $order], 'capture' => $capture];
    $payments = [['provider' => $provider, 'reference' => $order]];
    $tracker->watchOrder(order: $order, body: ['terms' => $terms, 'payments' => $payments, 'schedule' => $schedule]);
    $answer = $create($order, $provider, $amount); // ['body' => …, 'sent' => …]
    $tracker->ingestReport(body: ['provider' => $provider] + $answer);
}

/** Verifies a message by Standard Webhooks: HMAC-SHA256 over id, timestamp and body, and at most five minutes old. */
function is_genuine(string $body, string $id, string $timestamp, string $signatures, string $secret): bool
{
    $key = base64_decode(substr($secret, strlen('whsec_')), true);
    $expected = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$timestamp.$body", $key, true));
    $isValid = false;
    foreach (explode(' ', $signatures) as $signature) $isValid = hash_equals($expected, $signature) || $isValid;
    return $isValid && ctype_digit($timestamp) && abs(time() - (int) $timestamp) < LONGEST_AGE_IN_SECONDS;
}

/** Records the message once. In a real shop `done` and `delivered` are two tables, written in one transaction. */
function take(string $id, array $message, string $file): void
{
    $state = fopen($file, 'c+');
    flock($state, LOCK_EX);
    $recorded = json_decode(stream_get_contents($state) ?: '', true) ?? ['done' => [], 'delivered' => []];
    if (!in_array($id, $recorded['done'], true)) {
        $recorded['done'][] = $id;
        $step = $message['data']['step']['kind'] ?? 'none';
        if ($message['type'] === 'payment.changed' && $step === 'fulfill') $recorded['delivered'][] = $message['data']['order'];
        ftruncate($state, 0);
        rewind($state);
        fwrite($state, json_encode($recorded));
    }
    fclose($state);
}

if (PHP_SAPI === 'cli-server') {
    $header = fn (string $name): string => $_SERVER['HTTP_' . strtoupper(strtr($name, '-', '_'))] ?? '';
    $body = file_get_contents('php://input');
    $id = $header('webhook-id');
    if (!is_genuine($body, $id, $header('webhook-timestamp'), $header('webhook-signature'), getenv('CHANGES_SECRET'))) {
        http_response_code(401);
        return true;
    }
    take($id, json_decode($body, true), getenv('STATE_FILE'));
    http_response_code(204);
    return true;
}
