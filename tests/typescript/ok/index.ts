interface All { env: Env; more: Record<string, number | undefined>; marks: { [place: number]: 1 | undefined } }
interface Env { a?: string; [key: string]: string | undefined }
