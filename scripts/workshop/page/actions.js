// SPDX-License-Identifier: MIT
// What else can be done with a phone: modes, cable, account and unlock, rescue, the factory.
import { ask } from "./dialog.js";
import { h, refill } from "./dom.js";
import { romName } from "./label.js";
import { onLanguage, t } from "./language.js";

const button = (words, onclick, kind = "") =>
  h(`button${kind}`, { type: "button", onclick }, words);

function group(title, about, ...buttons) {
  return h("fieldset", {}, h("legend", {}, title), about ? h("p", {}, about) : null,
    h("div.buttons", {}, buttons));
}

async function toFactory(phone) {
  const sure = await ask(t("factory"), t("factory_sure", { name: phone.name }),
    [{ value: "yes", words: t("factory"), kind: "danger" }]);
  if (sure) {
    phone.commands.factory();
  }
}

function power(phone) {
  const { commands, label } = phone;
  const on = async (hold) => {
    if (phone.label.state === "on") {
      await commands.power("off");
      await until(() => phone.label.state === "off");
    }
    commands.power("on", hold);
  };
  return group(t("keys"), t("key_hint"),
    button(t("to_fastboot"), () => on("fastboot")),
    button(t("to_recovery"), () => on("recovery")),
    button(t("key_chord"), () => phone.keys.press("volume-down+power")),
    button(label.cable === false ? t("plug") : t("pull"), () => commands.cable(phone.label.cable)),
    button(t("cut"), () => commands.power("cut"), ".danger"));
}

async function until(look) {
  for (let tries = 0; tries < 100 && !look(); tries++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function unlocking(phone) {
  const { commands } = phone;
  return group(t("account"), t("unlock_about"),
    button(t("bind"), () => commands.bind()),
    button(t("wait"), () => commands.wait(360)),
    button(t("unlock"), () => commands.unlock()),
    button(t("lock"), () => commands.lock()));
}

function rescue(phone) {
  const with_ = (account, rom) => button(
    `${t(`rescue_${account}`)} · ${romName(rom)}`, () => phone.commands.rescue(account, rom));
  return group(t("rescue"), t("rescue_about"), with_("plain", "cn"), with_("authorised", "cn"),
    with_("authorised", "global"));
}

/** `leads`: the leader also removes phones. */
export function actions(phone, leads) {
  const element = h("div.actions");
  const file = h("input", { type: "file", accept: ".img,.zip,.bin", hidden: true, onchange: () => {
    [...file.files].forEach((chosen) => phone.commands.upload(chosen));
    file.value = "";
  } });
  const show = () => refill(element, power(phone), unlocking(phone), rescue(phone),
    group(t("factory"), "", button(t("factory"), () => toFactory(phone), ".danger"),
      button(t("upload"), () => file.click()), file,
      ...(leads ? [button(t("remove"), () => phone.commands.remove(), ".danger")] : [])));
  const deaf = onLanguage(show);
  phone.addEventListener("label", onCable);
  let cable = phone.label.cable;
  function onCable() {
    if (phone.label.cable !== cable) {
      cable = phone.label.cable;
      show();
    }
  }
  return { element, end: () => {
    deaf();
    phone.removeEventListener("label", onCable);
  } };
}
