// The session of an Expo app. `modules.d.ts` stands for the packages that an app has installed.
import AsyncStorage from "@react-native-async-storage/async-storage";
import * as Crypto from "expo-crypto";
import * as SecureStore from "expo-secure-store";
import { AppState } from "react-native";
import { appState, nativeSession, secureStore } from "@glowband/client/native";

/** iOS keeps the keychain of an app that was removed, but not its other storage. */
const firstRun = async () => {
  if (await AsyncStorage.getItem("installed")) return false;
  await AsyncStorage.setItem("installed", "1");
  return true;
};

export const session = nativeSession({
  url: "https://id.example",
  api: ["https://api.example"],
  client: "phone",
  store: secureStore(SecureStore, { firstRun }),
  random: Crypto.randomUUID,
  ...appState(AppState),
});

export const orders = async (): Promise<string[]> => {
  const response = await session.fetch("https://api.example/orders");
  return response.json();
};
