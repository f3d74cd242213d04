export default { testMatch: ['**/*.test.mjs'], moduleFileExtensions: ['mjs', 'js'], transform: {} }
