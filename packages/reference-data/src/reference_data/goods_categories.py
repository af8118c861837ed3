"""The eighteen goods categories suggested for an order's `category`.

The Ministry of Commerce says that it watches eighteen categories and prints no list. This one is
compiled: the statistics bureau's unit-level retail list without oil, with mother and baby, hardware
and audio-visual goods added. It is a suggestion; `category` is free text.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GoodsCategory:
    code: str
    name_zh: str
    name_en: str


GOODS_CATEGORIES: tuple[GoodsCategory, ...] = (
    GoodsCategory("food", "粮油食品饮料烟酒", "Grain, oil, food, drinks, tobacco and liquor"),
    GoodsCategory("apparel", "服装鞋帽针纺织品", "Clothing, footwear, hats and textiles"),
    GoodsCategory("cosmetics", "化妆品", "Cosmetics"),
    GoodsCategory("jewellery", "金银珠宝", "Gold, silver and jewellery"),
    GoodsCategory("daily_use", "日用品", "Articles for daily use"),
    GoodsCategory("hardware", "五金电料", "Hardware and electrical materials"),
    GoodsCategory("sports", "体育娱乐用品", "Sports and recreation articles"),
    GoodsCategory("books", "书报杂志", "Books, newspapers and magazines"),
    GoodsCategory("recordings", "电子出版物及音像制品", "Electronic publications and recordings"),
    GoodsCategory("appliances", "家用电器和音像器材", "Household appliances, audio and video"),
    GoodsCategory("medicine", "中西药品", "Chinese and western medicines"),
    GoodsCategory("office", "文化办公用品", "Cultural and office supplies"),
    GoodsCategory("furniture", "家具", "Furniture"),
    GoodsCategory("communication", "通讯器材", "Communication equipment"),
    GoodsCategory("building", "建筑及装潢材料", "Building and decoration materials"),
    GoodsCategory("automobiles", "汽车", "Automobiles"),
    GoodsCategory("mother_baby", "母婴", "Mother and baby"),
    GoodsCategory("other", "其他", "Other"),
)
