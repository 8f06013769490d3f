"""The few words the channel says itself; everything else is the dialogue's."""

from __future__ import annotations

from bot.knowledge.topics import payload

FALLBACK = (
    "系统这会儿有点忙，您的话我没办成。请过一两分钟再发一次；急事打 120（急救）、122（交通事故），其他问题打 12345。"
)
WORKING = "收到，这件事要多花几秒，办好马上回您。没等到就回复“继续”。有人受伤先打 120。"
STILL_WORKING = "还在办，请再等几秒，然后回复“继续”。"
OWED_LOST = "抱歉，您刚才那条我没能办成，请再发一次。急事打 120、122，其他问题打 12345。"
SCANNED = "您扫的是这个驿站的码："
KEPT_HEADING = "【给您的消息】"
NO_VOICE = "收到您的语音，抱歉我还听不懂语音。请打字告诉我，点键盘左边的小键盘就行，或者直接点："
NO_VIDEO = "收到视频，抱歉我看不了视频。要当证据的话，请截几张图发给我；有事也可以直接打字说。"
LINK = "收到链接，我打不开外面的网页。您想办什么事，直接打字告诉我，或者点一个："
NO_STICKER = "收到。这种消息我看不懂，您打字告诉我要办什么事，或者点一个："
BAD_PICTURE = "这个文件不是照片或者太大，我没收下。请发 10MB 以内的照片（JPG、PNG）。"
LOST_PICTURE = "照片没传过来，我没收到。请再发一次。"

TAKEN_OVER = "电话里登记的{what} {number} 归到您的微信名下了，以后有消息在这里告诉您。"
HAS_THE_SAME = "电话里登记的 {number} 没有并过来：您微信名下已经有一个同样的。只留一个的话，先取消其中一个。"
TAKEN = {
    "booking": "医院预约",
    "enrolment": "学堂报名登记",
    "alliance": "骑手姐姐联盟登记",
    "screening": "两癌筛查登记",
    "callback": "银行回电",
    "education": "安全学习",
    "plating": "上牌专窗预约",
    "suggestion": "建议",
    "request": "申请",
}

STARTS = tuple(payload(name) for name in ("find_station", "open_dispute", "book_hospital", "help"))
