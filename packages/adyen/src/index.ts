/** The public names of the package. @module */
export {}
