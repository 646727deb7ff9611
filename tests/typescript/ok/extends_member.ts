interface Config {
  files: string[]
  extends: string
  strict?: boolean
}
