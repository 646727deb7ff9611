/**
 * @minLength 3
 */
type A = number
