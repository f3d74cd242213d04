const untrusted =
  "the server's certificate is not signed by an authority that Node trusts. Name the authority's file in NODE_EXTRA_CA_CERTS"

/** Errors of PostgreSQL by their codes (appendix A of its manual), and what to do about each. */
const sentences: Readonly<Record<string, string>> = {
  '3D000': 'the database of DATABASE_URL does not exist. Create it, or correct the name',
  '28000': 'the server rejects the role. Correct DATABASE_URL, or allow the role in pg_hba.conf',
  '28P01': 'the password or the role is wrong. Correct DATABASE_URL',
  '42501':
    'the role has no right to create schemas: run "grant create on database … to …" as the owner of the database, or apply "payment-status migrate --print" as another role',
  '53300':
    'the server has no free connection. Raise max_connections, or put PgBouncer in session mode before it',
  '57P03': 'the server is starting up or shutting down. Try again in a moment',
  '25006': 'the server is read-only: it is a standby. Let DATABASE_URL name the primary',
  ENOENT:
    'a file or a socket that DATABASE_URL names does not exist. Correct host, sslrootcert, sslcert and sslkey in it',
  ECONNREFUSED: 'the server does not answer. Start it, or correct host and port in DATABASE_URL',
  ECONNRESET:
    'the server closed the connection. Check its log, and whether it asks for TLS (sslmode=verify-full)',
  ENOTFOUND: 'the host of DATABASE_URL has no address. Correct it',
  EAI_AGAIN: 'the host of DATABASE_URL could not be resolved. Check the name service',
  EHOSTUNREACH: 'the host of DATABASE_URL cannot be reached. Check the network',
  ENETUNREACH: 'the host of DATABASE_URL cannot be reached. Check the network',
  ETIMEDOUT: 'the server does not answer in time. Check host, port and firewall',
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  CERT_HAS_EXPIRED: "the server's certificate has expired. Renew it",
  ERR_TLS_CERT_ALTNAME_INVALID:
    "the server's certificate names another host. Let DATABASE_URL name the host of the certificate",
}

/** Errors of pg without a code, by their text. */
const texts: Readonly<Record<string, string>> = {
  'The server does not support SSL connections':
    'the server does not offer TLS. Turn it on there, or remove sslmode from DATABASE_URL where the network is private',
  'Connection terminated unexpectedly':
    'the server closed the connection. Check that host and port in DATABASE_URL are those of a PostgreSQL, and read its log',
  'Connection terminated due to connection timeout':
    'the server does not answer in time. Check host, port and firewall',
}

/** Describes a database's error in words, with its code. Returns undefined for an error of another kind. */
export function describeDatabaseError(error: unknown): string | undefined {
  const code = codeOf(error)
  if (code === undefined) {
    const text = error instanceof Error ? texts[error.message] : undefined
    return text && `the database cannot be used: ${text}`
  }
  const known = sentences[code]
  if (known !== undefined) return `the database cannot be used: ${known} (${code})`
  if (/^(08|28|3D|3F|53|57|58|XX)[\dA-Z]{3}$/.test(code)) return `the database cannot be used (${code})`
  return undefined
}

/** pg reports a host with two addresses as an AggregateError; libraries wrap errors as causes. */
function codeOf(error: unknown, depth = 0): string | undefined {
  if (!(error instanceof Error) || depth > 4) return undefined
  const { code, cause } = error as NodeJS.ErrnoException & { cause?: unknown }
  if (typeof code === 'string' && (Object.hasOwn(sentences, code) || /^[A-Z\d]{5}$/.test(code))) return code
  const first = error instanceof AggregateError ? error.errors[0] : undefined
  return codeOf(cause ?? first, depth + 1)
}
