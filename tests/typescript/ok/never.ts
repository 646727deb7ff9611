interface A { id: string; secret?: never; gone?: undefined; [key: string]: unknown }
