<?php
// A client made of the service's own OpenAPI document: a method for each operation, nothing written by hand.
declare(strict_types=1);

/** Thrown when the service answers with an error. */
final class Refused extends RuntimeException
{
    public function __construct(public readonly int $status, public readonly string $errorCode, string $message)
    {
        parent::__construct("$status $errorCode: $message");
    }
}

/** `create_client($url, $token)->getOrder(order: '1001')`; `body:` is the body, other arguments are parameters. */
function create_client(string $url, string $token): object
{
    $document = json_decode(file_get_contents("$url/openapi.json"), true, flags: JSON_THROW_ON_ERROR);
    $operations = [];
    foreach ($document['paths'] as $path => $methods)
        foreach ($methods as $method => $operation)
            $operations[$operation['operationId']] = ['path' => $path, 'method' => strtoupper($method)] + $operation;
    return new class ($url, $token, $operations) {
        public function __construct(private string $url, private string $token, public readonly array $operations)
        {
        }

        public function __call(string $name, array $given): mixed
        {
            $operation = $this->operations[$name] ?? throw new BadMethodCallException("the document has no operation $name");
            $places = array_column($operation['parameters'] ?? [], 'in', 'name');
            $body = $given['body'] ?? null;
            unset($given['body']);
            foreach (array_diff(array_keys($given), array_keys($places)) as $unknown) throw new InvalidArgumentException("$name has no parameter $unknown");
            $path = preg_replace_callback('/\{(\w+)\}/', fn ($match) => rawurlencode((string) ($given[$match[1]] ?? throw new InvalidArgumentException("$name needs $match[1]"))), $operation['path']);
            $query = http_build_query(array_filter($given, fn ($key) => $places[$key] === 'query', ARRAY_FILTER_USE_KEY));
            $context = stream_context_create(['http' => [
                'method' => $operation['method'],
                'header' => ["authorization: Bearer $this->token", 'content-type: application/json'],
                'content' => $body === null ? '' : json_encode($body, JSON_THROW_ON_ERROR),
                'ignore_errors' => true,
            ]]);
            $answer = file_get_contents($this->url . $path . ($query === '' ? '' : "?$query"), false, $context);
            preg_match('/^HTTP\/\S+ (\d{3})/', $http_response_header[0], $match);
            $status = (int) $match[1];
            if ($status >= 400) {
                ['code' => $code, 'message' => $message] = json_decode($answer, true)['error'];
                throw new Refused($status, $code, $message);
            }
            return isset($operation['responses'][$status]['content']['application/json']) ? json_decode($answer, true) : $answer;
        }
    };
}
