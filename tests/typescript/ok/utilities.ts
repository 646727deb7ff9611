// root: All
interface User { id: number; name?: string; email: string | undefined; tag: NonNullable<string | null> }
type Keys = "id" | "name";
interface All {
  partial: Partial<User>;
  required: Required<User>;
  picked: Pick<User, Keys>;
  omitted: Omit<User, Keys | "email">;
  fixed: Readonly<User>;
  words: Readonly<string[]>;
  any: Record<string, number>;
  numbers: Record<number, boolean>;
  some: Record<Keys, 1>;
  few: Partial<Record<Level, null>>;
  alias: Short;
}
type Short = Partial<Pick<User, "email">> & { extra?: never };
enum Level { Low = "low", High = "high" }
