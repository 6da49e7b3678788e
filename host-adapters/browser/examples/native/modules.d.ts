declare module "@react-native-async-storage/async-storage" {
  const storage: { getItem(key: string): Promise<string | null>; setItem(key: string, value: string): Promise<void> };
  export default storage;
}
declare module "expo-crypto" {
  export function randomUUID(): string;
}
declare module "expo-secure-store" {
  export const AFTER_FIRST_UNLOCK_THIS_DEVICE_ONLY: number;
  interface Options {
    keychainAccessible?: number;
  }
  export function getItemAsync(key: string, options?: Options): Promise<string | null>;
  export function setItemAsync(key: string, value: string, options?: Options): Promise<void>;
  export function deleteItemAsync(key: string, options?: Options): Promise<void>;
}
declare module "react-native" {
  export const AppState: {
    currentState: "active" | "background" | "inactive" | "unknown" | "extension";
    addEventListener(type: "change", listener: (state: "active" | "background" | "inactive") => void): { remove(): void };
  };
}
