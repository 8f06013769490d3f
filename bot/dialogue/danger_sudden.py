"""Words of danger that comes of itself: poison, fire, gas, a body that fails, who or what is lost.

Over folded texts (:func:`bot.dialogue.danger_words.folded`); every repeat is bounded.
"""

from __future__ import annotations

import re

from bot.dialogue.danger_kinds import CHILD, KIN, OTHER, Danger

# -- poison, fire, gas -----------------------------------------------------------------------------------------
_POISON = (
    "农药|百草枯|草甘膦|敌敌畏|乐果|老鼠药|鼠药|毒药|除草剂|杀虫剂|洁厕[灵剂液]?|84|消毒[液水]|漂白[水粉剂]|清洁剂|洗洁精|汽油|柴油|甲醇|工业酒精|"
    "硫酸|强酸|强碱|干燥剂|毒蘑菇|防冻液|安眠药|安定|蓝瓶子"
)
_MANY = "(?:整|一|两|半|好几|几|大半)?(?:瓶|大?把|整瓶|盒|板)|好多|很多|一堆|几十[片颗粒]|[1-9]\\d[片颗粒]|过量"
_SWALLOWED = re.compile(
    f"(?:喝|吃|吞|咽|灌|服)(?:了|下去?|进去?|到|完|过)(?:[^，]{{0,6}})(?:{_POISON})(?!瓶盖|厂|店)|(?:{_POISON})[^，卖送货]{{0,4}}(?:喝|吃|吞|"
    f"灌)(?:了|下|进|完|光)|(?<!想)(?<!要)(?<!准备)(?:喝|吞|灌)(?:农药|百草枯|敌敌畏|老鼠药|药)了(?=，|$)|有人(?:正?在)?喝(?:农药|百草枯|敌敌畏)|"
    f"(?:吃|吞|喝|服)(?:了|下|完)(?:{_MANY})[^，]{{0,3}}药(?![^，]{{0,4}}(?:没好|没用|不管用|不见))|(?:药)(?:全|都)(?:吃|吞)了(?=，|$)|"
    f"误(?:服|食|喝|吃)(?:了)?|(?:{CHILD}|我妈|我爸|老人|爷爷|奶奶)[^，]{{0,4}}(?:吃|喝)错(?:了)?(?:药|东西)|(?:食物|农药|药物|酒精|蘑菇|药|"
    f"吃[^，]{{1,6}})中毒(?:了|，|$)?|"
    f"(?<!煤气)(?<!燃气)(?<!一氧化碳)(?<!电脑)(?<!手机)(?<!炭)我?(?:好像|可能|是不是)?中毒了(?!的手机)"
)
_NO_POISON = re.compile(
    "感冒|消炎|胃药|中药|止疼|降压|没好|不管用|没效果|健康证|手机|电脑|病毒|链接|系统|毒鸡汤|饮品|姜茶"
)
_NOT_SELF = re.compile(f"(?:{KIN}|{CHILD}|{OTHER})")
_BURNING = "(?:着火|起火|失火|自燃|冒(?:出)?(?:黑|白|浓|大)?烟|冒火(?![花星])|烧起来|烧着了|燃起来|爆炸|炸了(?!锅|窝|毛|群)|起烟)"
_CELL = "电瓶|电池|电动车|电瓶车|电摩|充电(?!站在)|换电柜|充电宝|小牛|雅迪|锂电|车(?:座|子)?底下"
_THING = (
    f"{_CELL}|车(?:子|棚|库|厢|头)?|货车|三轮|房子?|家里?|楼(?:里|道|上|下|梯)?|宿舍|厨房|店里?|站点|站里|驿站|仓库|隔壁|对面|屋里|出租屋|锅里?|"
    f"油锅|插座|插排|插线板|电线|电箱|发动机|引擎|轮胎|刹车|餐箱|商场|小区|工地|微波炉|热水器|空调|饮水机|机器"
)
_FIRE = re.compile(
    f"(?:{_THING})[^，嗓喉头]{{0,8}}{_BURNING}(?!的?(?:生意|直播|视频|单量|烟|热度|了单|机))|(?<!急得)(?<!忙得)(?<!热得)(?:着火|起火|失火)(?:了|啦|"
    f"，|$|！)|(?:发生|有)火灾|火灾了|(?:火|浓烟)(?:越来越|好)大[^，]{{0,6}}(?:跑|逃|出不去|困)|火烧[^，眉]{{0,6}}(?:起来|着|大)|(?:楼|屋|"
    f"房)[^，]{{0,4}}(?:都是|全是|好大|好多)(?:浓)?烟"
)
_NO_FIRE = re.compile(
    "爆仓|全是件|件太多|怕|迟早|打不着|不着火|点不着|嗓子|喉咙|火锅|烟花|香烟|后院起火|生意|直播间|爆单|单量|订单|群里|系统|app|APP|心里|脾气|火车|"
    "烧烤|烤肉|抽油烟|网上|评论区"
)
_CELL_SAID = re.compile(_CELL)
_GAS = re.compile(
    "(?:煤气|燃气|天然气|液化气|瓦斯|气罐|煤气罐)(?:灶|阀|管|瓶|表|好像|是不是|一直|在|有|的|又|可能){0,3}(?:味|漏|泄|中毒|呛|嘶|炸|爆|臭|好大)|"
    "(?:闻到|有|一股|好大)[^，]{0,5}(?:煤气|燃气|天然气|液化气|瓦斯)(?:的)?味?|一氧化碳(?:中毒|超标|报警)|漏(?:煤气|燃气|液化气|天然气|气了)|"
    "(?:炭火|炭盆|煤炉|蜂窝煤|烧炭|烤火)[^。]{0,16}(?:头[晕疼痛昏]|恶心|中毒|晕|迷糊|昏|吐了|[喊叫]不|没反应|不醒)|(?:头晕|恶心)[^，]{0,6}(?:煤炉|炭火|煤气)"
)
_NO_GAS = re.compile(
    "煤气费|燃气费|充值|换煤气|送煤气|订煤气|缴费|轮胎|车胎|打气|气门|补胎|漏气补|刹车|气刹|空调漏|气压|想|拧开|打开煤气|不活|不如"
)

# -- the body --------------------------------------------------------------------------------------------------
_CHEST = "(?:胸口?|心口|心脏|前胸|左胸|胸部|心前区|后背和胸)"
_HEART_WORDS = re.compile(
    f"{_CHEST}[^，]{{0,6}}(?:疼|痛|闷|绞|压|难受|紧|刺|不舒服)|心梗|心肌梗|心绞痛|心脏病(?:犯|发作)|心脏骤停"
)
_HEART = re.compile(
    f"{_CHEST}[^，]{{0,6}}(?:疼|痛|闷|绞|紧|压得|像压)[^，]{{0,4}}(?:得|的)?[^，]{{0,4}}，?[^，]{{0,4}}(?:喘不|透不过|上不来气|冒?冷汗|大汗|出汗|"
    f"受不了|厉害|要死|发麻|站不|直不起|要晕|发黑|手麻|胳膊麻|难忍|动不)|(?:喘不|冒冷汗|出冷汗)[^，]{{0,6}}，?[^，]{{0,4}}{_CHEST}[^，]{{0,4}}(?:疼|"
    f"痛|闷)|(?:突发|得了?|是|犯)?(?:心梗|心肌梗死|心肌梗塞)(?:了|发作|犯)|心绞痛(?:犯|发作|了)|心脏病(?:犯|发作)"
)
_CONVULSION = re.compile(
    f"(?:{CHILD})(?:又|突然|在)?抽了(?=，|$)|"
    f"(?<!发动机)(?<!引擎)(?<!车)抽搐|惊厥|口吐白沫|(?:羊癫疯|羊角风|癫痫|羊羔风)[^，]{{0,4}}(?:犯|发作|又|来)|(?:{CHILD}|{KIN}|他|她|工友|同事|"
    f"有人)[^，]{{0,10}}(?:抽风|抽过去|抽起来|翻白眼|(?:烧|度)[^，]{{0,4}}抽)|(?:发烧|高烧|发高烧|烧到?\\d\\d|39度?|40度?|"
    f"41度?)[^，]{{0,8}}，?[^，]{{0,6}}抽(?:了|起来|搐|筋|过去|风)"
)
_SKIN = f"手|脚|腿|胳膊|手臂|脸|身上|皮肤?|背|肚子|脖子|眼睛|嘴|大腿|{CHILD}|{KIN}|我|他|她|人"
_BURN = re.compile(
    f"(?:{_SKIN})[^，机车餐柜]{{0,8}}(?:烫(?:伤|到|着|掉|破|得|起|红|烂|了(?!头|发|个头))|烧伤|灼伤)|(?:开水|热水|热油|油锅|热汤|滚水|滚汤|火锅汤|"
    f"硫酸|蒸汽|排气管|化学品)[^，]{{0,6}}(?:烫|烧|泼|浇|溅)(?:伤|到|着|了|在|我|手|身|脸|脚)|烫伤了|烧伤了|烫起(?:了)?(?:大?水?)?泡"
)
_NO_BURN = re.compile("麻辣烫|烫头|烫发|烫手山芋|熨烫|手机(?:很|有点|好)?烫|电池(?:很|有点|好)?烫|烫嘴|发烫")
_WATER = "(?:河|湖|江|水库|池塘|鱼塘|水沟|水塘|运河|水|井)"
_DROWNING = re.compile(
    f"溺水|(?:有人|人|{CHILD}|{KIN}|他|她|我|同事|工友|骑手|司机|车)[^，]{{0,6}}(?:落水(?!管|口)|(?:掉|摔|栽|冲|开|滑)(?:进|到|下|"
    f"入)?(?:了)?{_WATER}(?:里|中|了|去|，|$)|沉下去了)|呛水了?"
)
_THING_FELL = re.compile("手机|卡|外卖|餐|钥匙|包裹|快递|货|头盔|充电宝|单子|东西|耳机|证")
_CHOKING = re.compile(
    "噎(?:住|着|到)了?(?!我|我的|人的)|(?:卡|堵)(?:住|在|着)(?:了)?(?:喉咙|嗓子|气管)|(?:喉咙|嗓子|气管)[^，]{0,4}(?:卡|堵|呛)(?:住|着|了)|"
    "呛到气管"
)
_CHOKED = re.compile("噎(?:住|着|到)|气管|吸不进气")
_BONE = re.compile("鱼刺")
_ELECTRIC = re.compile(
    "触电(?!网)|(?:被|让)电(?:到|着|击|了|打|倒)(?!话)|漏电[^，]{0,6}(?:人|电到|电着|我)|电(?:倒|晕)了"
)
_CRASH = re.compile(
    "车祸|撞(?!见|单|期|衫|钟|上(?:班|点)|号)|追尾|碰(?:了|到|着)?(?:我|人|车|的)|刮(?:了|到|倒|着)|翻车|车翻|(?:摔|骑|开)[^，]{0,3}车|"
    "车[^，]{0,3}摔|碾|轧|被(?:一?辆?)?(?:汽车|轿车|货车|大车|电动车|摩托)|私了|肇事|逃逸|交通事故|滑倒|打滑|红绿灯|路口|马路"
)

# -- people, money ---------------------------------------------------------------------------------------------
_LOST = re.compile(
    f"(?:{CHILD}|老人|我爸|我妈|爸妈|爷爷|奶奶|外公|外婆|姥姥|姥爷|老伴|弟弟|妹妹|老爷子|老太太|(?:老婆|老公|媳妇|对象)(?=[^，]{{0,6}}(?:失踪|走丢|"
    f"走失|失联)))[^，]{{0,8}}(?:走丢|走失|失踪|失联|不见了|丢了(?=，|$|啊|呀|咋|怎|在|快|，)|找不(?:到|着)(?:了|人|，|$|他|她|咋)|被(?:人)?(?:拐|"
    f"抱走|带走|骗走)|没影了|离家出走)|(?:走丢|走失|被拐)了(?!的?(?:狗|猫|快递|件|车|手机))"
)
_NOT_LOST = re.compile("药|寄|狗|猫|快递|包裹|外卖丢|件丢|车丢|工作|学校|对象|照片|身份证|户口|证[丢找]|鞋")
_TRICK = (
    "骗子|诈骗|被骗|受骗|上当|骗(?:了|走)我?|刷单|保证金|解冻费?|验证码|安全账户|冒充|假客服|假警察|假公安|杀猪盘|网恋|投资平台|理财群|屏幕共享|"
    "共享屏幕|贷款(?:公司|平台|app|手续)|征信修复|注销校园贷|中奖|电信诈骗|陌生链接|点了(?:个|那个)?链接"
)
_PAID = (
    "(?:转|汇|付|打|充|投|交|给|刷)(?:给)?(?:了|过去|出去|完|进去|走)(?!吗|没|多少才|电话|差评)|(?:验证码|密码|卡号)[^，]{0,4}(?:给|告诉|发|说|"
    "报)(?:了|给|他|她|过去|对方)|(?:钱|存款)[^，]{0,4}(?:没了|被转走|全没|骗走|骗光|都没)|被骗(?:了)?[^，]{0,6}(?:钱|元|块|千|万|百|\\d)|骗(?:了|"
    "走)(?:我|俺)?[^，]{0,4}(?:钱|元|块|千|万|百|\\d)"
)
_FRAUD = re.compile(
    f"(?:{_TRICK})[^。]{{0,40}}?(?:{_PAID})|(?:{_PAID})[^。]{{0,30}}?(?:{_TRICK})|(?:验证码|密码)[^，]{{0,3}}(?:给|告诉|发给|报给|说给)(?:了)?(?:他|"
    f"她|对方|人家|骗子|客服)|(?:遇到|碰到|遭遇)(?:电信)?诈骗了|被(?:电信)?诈骗了|(?:我)?(?:好像|可能)?被骗(?:钱)?了"
)
_OF_EMPLOYER = re.compile(
    "4S|定金|站长|老板|公司(?!说我卡)|站点|单位|押金|装备|入职|工资|劳务|中介|租车|培训费|平台(?!客服)|包工头|队长|主管"
)
_SURE_FRAUD = re.compile("验证码|安全账户|刷单|公安|警察|法院|屏幕共享|共享屏幕|贷款|投资|网恋|客服|银行|链接|诈骗")
PAID = re.compile(
    "(?:已经|刚|都|我|钱)?(?:给他|给人家|给对方)?(?:转|汇|付|打|交|给|发|说|告诉|填|点|报)(?:给)?(?:了|过去|出去|完|他|她|人家|对方)(?!电话|我)|转账了|打过去"
)
"""After a warning against fraud: the money or the code is gone already."""
_CARD = re.compile(
    "盗刷|(?:银行|储蓄|信用|工资|建行)?卡(?:里|上)?的?(?:钱|余额)?[^，]{0,4}(?:被(?:人)?(?:盗|刷走|刷了|转走|划走|取走)|莫名(?:其妙)?(?:少|没|"
    "被扣))|(?:账户|账上|帐户|余额|存款|银行卡)[^，]{0,8}(?:被(?:人)?(?:盗|刷走|刷了|转走|划走|取走)|莫名(?:其妙)?(?:少|没))|(?:卡|钱|账|扣款|"
    "消费)[^。]{0,12}不是我(?:刷|花)的|"
    "(?:我的|里的?)钱(?:全|都)?被(?:人)?(?:盗|转走|划走|取走)|银行?卡里的?钱(?:突然|全|都|一下子|莫名)[^，]{0,3}(?:没了|不见了)"
)
_NOT_CARD = re.compile("(?:会不会|怎么防|怕|能不能|会)[^，]{0,4}(?:被)?盗刷|手机卡|电话卡|卡车|门禁卡|饭卡|地铁卡")


def swallowed(said: str) -> Danger | None:
    """Poison or too much of a medicine: `poison` is the writer's own."""
    if not _SWALLOWED.search(said) or _NO_POISON.search(said):
        return None
    if re.search("误(?:服|食|喝|吃)|中毒|吃错|喝错", said):
        return "poison_other"
    return (
        "poison_other"
        if _NOT_SELF.search(said)
        and not re.search("(?:^|，)我(?![家爸妈老的妹弟哥姐儿女闺娃同室工朋媳对婆公外爷奶邻男那看们])", said)
        else "poison"
    )


def sudden(said: str) -> Danger | None:
    """Gas, fire, or a body that fails, told beyond doubt."""
    if _GAS.search(said) and not _NO_GAS.search(said):
        return "gas"
    if _FIRE.search(said) and not _NO_FIRE.search(said):
        return "battery" if _CELL_SAID.search(said) else "fire"
    return of_body(said, surely=True)


def of_body(said: str, *, surely: bool) -> Danger | None:
    """What befalls a body. `surely`: by words that need no guard to confirm them."""
    if _DROWNING.search(said) and not _THING_FELL.search(said):
        return "drowning"
    if _ELECTRIC.search(said):
        return "electric"
    if _CONVULSION.search(said):
        return "convulsion"
    if (_HEART if surely else _HEART_WORDS).search(said):
        return "heart_other" if _NOT_SELF.search(said) else "heart"
    if _CHOKING.search(said) and (not surely or _CHOKED.search(said)) and not _BONE.search(said) and "怕" not in said:
        return "choking"
    if _BURN.search(said) and not _NO_BURN.search(said):
        return "burn"
    return None


def lost(said: str) -> Danger | None:
    """A person missing, money taken."""
    if _LOST.search(said) and not _NOT_LOST.search(said):
        return "missing"
    if _CARD.search(said) and not _NOT_CARD.search(said):
        return "card_theft"
    if (
        _FRAUD.search(said)
        and not re.search("怕|担心|会不会", said)
        and (not _OF_EMPLOYER.search(said) or _SURE_FRAUD.search(said))
    ):
        return "fraud"
    return None


def kind_of_hurt(said: str) -> Danger | None:
    """The kind of an emergency that the guard found; None for the ordinary one."""
    poison = swallowed(said)
    if poison:
        return poison
    if _GAS.search(said):
        return "gas"
    if _FIRE.search(said):
        return "battery" if _CELL_SAID.search(said) else "fire"
    if re.search("(?:被|让)[^，]{0,4}(?:捅|砍(?!单|价))", said):
        return "wounded"
    return None if is_crash(said) else of_body(said, surely=False)


def is_crash(said: str) -> bool:
    """Whether a crash or a fall from a vehicle is told of."""
    return bool(_CRASH.search(said))
