export default {
  testMatch: ['**/*.test.mjs'],
  moduleFileExtensions: ['mjs', 'js'],
  transform: { '\\.m?js$': ['@swc/jest', { jsc: { target: 'es2023' }, module: { type: 'commonjs' } }] },
  // By default Jest leaves what is in node_modules as it is, and then meets an `import` it cannot read.
  transformIgnorePatterns: [],
}
