/* Numbers, escapes, comments and line ends of every sort. */ ;;
type Numbers = 0x1F | 0b11 | 0o17 | 1_000 | .5 | 1e3 | -2.50 | 123456789012345680000
type Texts = "a\tb" | 'quo"te' | "\u00e9\u{1F600}\uD83D\uDE00\x41" | "line\
 two" | "it's"
export type Spelling = {
  numbers: Numbers, // trailing
  texts: Texts
  'quoted name'?: | "one" /* a */ | /* b */ "two"
  $dollar_1: null
  Größe: true
}
