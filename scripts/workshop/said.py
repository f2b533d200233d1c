# SPDX-License-Identifier: MIT
"""
What the server says to people on the page, in both languages: why something is refused, what a
phone is busy with. A {field} may be a text, a number, or something in both languages itself.

What programs say - fastboot, adb, a package's script - is passed on as they say it; scripts/phone is
asked for both languages (lab/language.py).
"""

from __future__ import annotations

from lab.errors import LabError

Sides = dict[str, str]  # en, zh

FROZEN = "frozen"

SAID: dict[str, tuple[str, str]] = {
    # The way in.
    "token": (
        "that token opens nothing; take the printed address",
        "这个密钥打不开任何东西；请使用终端里显示的地址",
    ),
    "closed": (
        "open the address that `make workshop` printed, or join the class",
        "请打开 `make workshop` 显示的地址，或加入班级",
    ),
    "foreign-host": ("this is not the server's name or address", "这不是本服务器的名称或地址"),
    "foreign-page": ("only the workshop's own page may ask that", "只有工作坊自己的页面可以这样请求"),
    "no-class": (
        "there is no class; the leader starts one: make workshop LAN=1",
        "现在没有班级；由老师开设：make workshop LAN=1",
    ),
    "too-many-codes": ("too many wrong codes at once; wait a little", "错误的代码太多，请稍等片刻"),
    "wrong-code": (
        "that is not the code; it is on the leader's screen",
        "代码不对；正确的代码在老师的屏幕上",
    ),
    "bad-name": (
        "a name has 1 to 24 letters, numbers, blanks, dots or hyphens",
        "名字由 1 到 24 个文字、数字、空格、点或连字符组成",
    ),
    "name-taken": (
        "somebody is called {name} already; add a letter",
        "已经有人叫 {name} 了，请加一个字",
    ),
    "class-full": ("the class is full: {most} students", "班级已满：{most} 名学生"),
    # Who may.
    "not-yours": ("that is not a phone of yours", "那不是你的手机"),
    "leader-only": ("that is for the leader", "这只有老师可以做"),
    FROZEN: (
        "the leader has frozen the class for a moment",
        "老师暂停了全班的操作",
    ),
    "in-browser": (
        "{phone} runs in its student's own browser, and is used there alone",
        "{phone} 在学生自己的浏览器里运行，只能在那里使用",
    ),
    "not-claimed": ("nothing is claimed of that phone", "没有人汇报那台手机的情况"),
    # Requests that make no sense.
    "not-json": ("JSON is wanted here", "这里需要 JSON"),
    "bad-json": ("that is no JSON object", "那不是 JSON 对象"),
    "bad-body": ("what was sent cannot be read to its end", "发来的内容无法完整读取"),
    "no-verb": ("there is no verb {verb}", "没有 {verb} 这个操作"),
    "not-among": ("{key} {value} is not one of: {known}", "{key} 不能是 {value}，可选：{known}"),
    "not-text": ("{key} {value} is not one", "{key} 不能是 {value}"),
    "not-a-number": (
        "{key} is a number from {low} to {high}",
        "{key} 是 {low} 到 {high} 之间的数",
    ),
    "not-a-flag": ("{key} is true or false", "{key} 是 true 或 false"),
    "which-keys": (
        "which keys? {known}; + presses them together",
        "按哪些键？{known}；用 + 连接表示同时按",
    ),
    "http": ("the server answers: {reason}", "服务器回答：{reason}"),
    # Phones.
    "busy": ("{phone} is busy: {what}", "{phone} 正忙：{what}"),
    "being-made": ("{phone} is still being made", "{phone} 还在出厂"),
    "is-on": ("{phone} is on already", "{phone} 已经开机"),
    "is-off": ("{phone} is off; switch it on first", "{phone} 已关机，请先开机"),
    "is-off-already": ("the phone {phone} is off already", "手机 {phone} 已经关机"),
    "not-made": ("{phone} could not be made: {why}", "{phone} 没能出厂：{why}"),
    "went-off": ("{phone} went off", "{phone} 关机了"),
    "never-came": (
        "{phone} did not come to it in {seconds} s",
        "{phone} 在 {seconds} 秒内没有走到这一步",
    ),
    "qemu-ended": ("QEMU ended with {code}", "QEMU 以 {code} 结束"),
    "cable-out": (
        "the cable is pulled out; plug it in first",
        "数据线已拔掉，请先插上",
    ),
    "dead": (
        "the phone is dead: no key and no fastboot answers; only rescue mode does",
        "手机黑屏：按键和 fastboot 都没有反应，只有救援模式可用",
    ),
    "no-fastboot": (
        "the phone does not come to fastboot mode: {verdict}",
        "手机进不了 Fastboot 模式：{verdict}",
    ),
    "not-in-fastboot": (
        "the phone is not in fastboot mode; type: power on fastboot",
        "手机不在 Fastboot 模式；请输入：power on fastboot",
    ),
    "no-such-rom": ("there is no {rom} ROM for this phone", "这台手机没有 {rom} 系统"),
    "rom-does-not-fit": ("there is no {rom} ROM for a {model}", "{model} 没有 {rom} 系统"),
    "room": (
        "{running} phones are on, and this computer's memory has room for {cap}; "
        "switch one off first",
        "已有 {running} 台手机开机，这台电脑的内存只够 {cap} 台；请先关掉一台",
    ),
    "too-many-phones": (
        "there are too many phones already; remove one first",
        "手机太多了，请先移除一台",
    ),
    "a-students": (
        "that is a student's phone; show the student out instead",
        "那是学生的手机；可以把学生移出",
    ),
    "no-student": ("there is no such student", "没有这名学生"),
    "no-page": (
        "there is no page for browsers here; make page builds it",
        "这里没有给浏览器用的页面；用 make page 构建",
    ),
    "too-many-screens": ("too many screens are open", "打开的屏幕太多了"),
    "no-end": ("{program} came to no end in {seconds} s", "{program} 在 {seconds} 秒内没有结束"),
    "no-adb": (
        "there is no adb client here (Debian package adb)",
        "这里没有 adb 客户端（Debian 软件包 adb）",
    ),
    "adb-server": ("adb's server does not come up", "adb 的服务没有启动"),
    "adb-silent": (
        "adb gets no answer: it is for the home screen, and for a sideload",
        "adb 没有得到回答：它用于主屏幕和侧载",
    ),
    # Phones in browsers.
    "claim-long": ("a claim has at most {most} events", "一次汇报最多 {most} 个事件"),
    "claim-story": (
        "a phone in a browser plays nothing of that kind",
        "浏览器里的手机不会播放这个",
    ),
    "claim-odd": ("that is no event of a phone", "那不是手机的事件"),
    "claim-often": ("too many claims at once", "汇报过于频繁"),
    "bad-picture": ("that is no small picture of a phone", "那不是手机屏幕的小图"),
    "no-picture": ("there is no picture of that phone", "没有那台手机的图片"),
    "claim-seen": ("{key} {value} is nothing that a phone shows", "手机不会显示 {key} {value}"),
    "claim-old": ("that phone was reset meanwhile", "那台手机刚刚被重置了"),
    # The command box, and files.
    "line-long": ("a line has at most {most} letters", "一行最多 {most} 个字符"),
    "line-empty": (
        "nothing was typed; help lists the commands",
        "没有输入内容；输入 help 查看命令",
    ),
    "line-odd": ("{line}: a quotation mark is not closed", "{line}：引号没有配对"),
    "no-command": (
        "there is no command {verb}; {way_out}",
        "没有 {verb} 这个命令；{way_out}",
    ),
    "help-lists": ("help lists them", "输入 help 查看"),
    "near": ("did you mean {word}?", "是不是想输入 {word}？"),
    "not-of-client": (
        "{client} {command}: not here; {client} takes {known}",
        "{client} {command}：这里不提供；{client} 可用：{known}",
    ),
    "words-of-client": (
        "usage: {usage}",
        "用法：{usage}",
    ),
    "word-odd": (
        "{word} is not a word that fastboot is given here",
        "{word} 不是这里可以交给 fastboot 的词",
    ),
    "file-name": (
        "{word} cannot be a file here: letters, numbers, . _ and -, no folders",
        "{word} 不能作为文件名：只能用字母、数字、. _ 和 -，不能有文件夹",
    ),
    "no-file": (
        "there is no file {word}; `files` lists what there is",
        "没有文件 {word}；输入 files 查看有哪些",
    ),
    "file-large": (
        "a file has at most {mib} MiB, a phone {most} files",
        "一个文件最多 {mib} MiB，一台手机最多 {most} 个文件",
    ),
    "how-power": (
        "power on, power on fastboot, power on recovery, power off or power cut",
        "power on、power on fastboot、power on recovery、power off 或 power cut",
    ),
    "how-press": ("press which key? {known}", "按哪个键？{known}"),
    "how-flash": (
        "{script} which ROM? {known}",
        "{script} 哪个系统？{known}",
    ),
    "how-account": (
        "account bind, account wait 360h or account unlock",
        "account bind、account wait 360h 或 account unlock",
    ),
    "how-rescue": ("rescue {who}, then a ROM: {known}", "rescue {who}，然后是系统：{known}"),
    "uploaded-files": ("uploaded: {files}", "已上传：{files}"),
    "nothing-yet": ("nothing yet", "还没有"),
    "package-files": ("of the packages: {files}", "刷机包里的：{files}"),
    # Stories and exercises.
    "no-story": ("there is no story of that name", "没有这个名字的故事"),
    "no-exercise": ("there is no exercise of that name", "没有这个名字的练习"),
    "no-client": (
        "no {client} client here (Debian package {client})",
        "这里没有 {client} 客户端（Debian 软件包 {client}）",
    ),
    "not-told": ("no story plays on this phone", "这台手机上没有故事在播放"),
    "story-plays": (
        "a story plays on this phone; end it first",
        "这台手机正在播放故事，请先结束",
    ),
    "story-not-waiting": ("the story is not waiting for that", "故事现在不等这个"),
    "nothing-asked": ("nothing is asked now", "现在没有提问"),
    "no-answer": ("there is no such answer", "没有这个选项"),
    "nothing-to-check": ("there is nothing to check yet", "还没有可以检查的"),
    "nobody": (
        "nobody has joined yet, or every phone is busy",
        "还没有人加入，或者每台手机都在忙",
    ),
    "solve-without": (
        "this exercise is solved without it: look at the screen, ask fastboot",
        "这道练习不能用它：看屏幕，问 fastboot",
    ),
    "step-failed": (
        "{where}: step {number} ({kind}): expected {expected}; seen: {seen}",
        "{where}：第 {number} 步（{kind}）：应为 {expected}；实际是：{seen}",
    ),
    "step-broken": (
        "{where}: step {number} ({kind}): {why}",
        "{where}：第 {number} 步（{kind}）：{why}",
    ),
    # What a phone is busy with; notes beside what was typed.
    "does-fastboot": ("fastboot", "fastboot"),
    "does-adb": ("adb", "adb"),
    "does-power": ("power {what}", "power {what}"),
    "does-flash": ("flashing {rom}", "正在刷入 {rom}"),
    "does-bind": ("binding an account", "正在绑定账号"),
    "does-wait": ("moving the clock", "正在拨动时钟"),
    "does-unlock": ("unlocking", "正在解锁"),
    "does-lock": ("locking", "正在上锁"),
    "does-rescue": ("rescue mode", "救援模式"),
    "does-factory": ("back to the factory", "正在恢复出厂"),
    "does-story": ("a story plays on it", "正在播放故事"),
    "does-exercise": ("an exercise is prepared on it", "正在准备练习"),
    "held-fastboot": (
        "(Power and Volume down are held while it is switched on: fastboot mode)",
        "（开机时按住电源键和音量下键：进入 Fastboot 模式）",
    ),
    "is-locked": (
        "(The phone is locked: it takes nothing, and is as it was. Unlock it under Do more, or take "
        "an unlocked one.)",
        "（手机已锁定：什么都没有写入，一切照旧。可在“更多操作”里解锁，或换一台已解锁的手机。）",
    ),
    "was-uploaded": ("({file} was uploaded)", "（已上传 {file}）"),
}

# The command box's help: what may be typed, and what it is.
HELP: list[tuple[str, str, str]] = [
    ("fastboot WORDS", "the stock client: fastboot getvar all, or just getvar all",
     "官方客户端：fastboot getvar all，也可只写 getvar all"),
    ("adb WORDS", "the stock client: adb shell getprop", "官方客户端：adb shell getprop"),
    ("shell WORDS", "the same as adb shell", "等同于 adb shell"),
    ("power on|off|cut", "also power on fastboot, power on recovery",
     "还有 power on fastboot、power on recovery"),
    ("press KEYS", "volume-up, volume-down, power; + presses them together",
     "volume-up、volume-down、power；用 + 连接表示同时按"),
    ("flash_all ROM, flash_all_lock ROM, flash_all_except_storage ROM",
     "a package's script: flash_all cn", "运行刷机包的脚本：flash_all cn"),
    ("lock, unlock", "the bootloader, the official way", "按官方方式上锁、解锁引导程序"),
    ("account bind|wait 360h|unlock", "what an official unlock takes", "官方解锁所需的步骤"),
    ("rescue ACCOUNT ROM", "rescue mode (EDL): rescue authorised cn",
     "救援模式（EDL）：rescue authorised cn"),
    ("explain", "why the phone came to its verdict", "手机为什么得出这个结果"),
    ("files", "what fastboot flash and adb sideload may be given",
     "fastboot flash 和 adb sideload 可用的文件"),
]  # fmt: skip


def say(key: str, /, **fields: object) -> Sides:
    return {
        language: text.format(**{name: _side(value, language) for name, value in fields.items()})
        for language, text in zip(("en", "zh"), SAID[key])
    }


def _side(value: object, language: str) -> object:
    return value.get(language, value["en"]) if isinstance(value, dict) else value


class Refusal(LabError):
    """Why something is not done; `status` is HTTP's."""

    def __init__(self, key: str, /, status: int = 400, **fields: object) -> None:
        self.key, self.status, self.sides = key, status, say(key, **fields)
        super().__init__(self.sides["en"], zh=self.sides["zh"])


class Forbidden(Refusal):
    """Not for this person."""

    def __init__(self, key: str, /, **fields: object) -> None:
        super().__init__(key, 403, **fields)


def sides(error: Exception) -> Sides:
    """An error in both languages; what the lab or the system says in English alone is so."""
    zh = getattr(error, "zh", "")
    return {"en": str(error), **({"zh": zh} if zh else {})}
