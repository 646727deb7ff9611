// root: Page<User>[]
interface Page<T> { items: T[] }
interface User { name: string }
