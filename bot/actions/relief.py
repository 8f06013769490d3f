"""What is said to good news after danger. No fit, faint or pain that went by makes a doctor needless."""

from __future__ import annotations

NEWS: dict[str, str] = {
    "hospital": "到了医院就好，听医生的。跟急诊台说明身份，市三院（昆小哥医院）有急诊绿色通道；病历、发票、费用清单都留好。",
    "taken": "接走了就好，接下来交给医生。您自己要是也伤着、吓着了，别硬撑，去看看。",
    "woke": "醒了就好。别让他一个人待着，先别喂吃的喝的，还是要让医生看。又叫不醒、喘不上气，马上打 120。",
    "eased": "缓下来就好，可还是要让医生看，别硬撑、别一个人骑车去。再疼、再犯、喘不上气，马上打 120。",
    "poisoned": "醒着、不难受也不算过去，还是得马上去医院，还没打 120 的现在打。瓶子、包装带上，吃了什么照实跟医生说。",
    "gone": "走了就好。先待在有人、能锁门的地方，别一个人走，让家里人或同事来接。再来就马上打 110，聊天、来电、照片都留着。",
    "scratch": "人没事就好。伤口用清水冲干净，干净布盖住。口子深、血止不住、头晕想吐，别硬撑，打 120。",
}
"""By what was told; see `bot.dialogue.relief`."""
