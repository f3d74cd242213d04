/** The provider's shapes for `explain`. @module */
export {}
