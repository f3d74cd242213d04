/** How a list can be written. */
export const listFormats = ['table', 'json', 'csv'] as const
export type ListFormat = (typeof listFormats)[number]
