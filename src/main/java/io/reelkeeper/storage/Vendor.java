package io.reelkeeper.storage;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// The stores that Agora can upload to: our word, Agora's number, Agora's regions.
///
/// A region is written `number name`. A vendor without regions is sent region 0, which has no
/// effect.
enum Vendor {
  // The newest pages of Agora list neither these two nor their regions any more.
  QINIU(0, "0 East_China, 1 North_China, 2 South_China, 3 North_America, 4 Southeast_Asia"),
  KINGSOFT(
      4,
      """
      0 CN_Hangzhou, 1 CN_Shanghai, 2 CN_Qingdao, 3 CN_Beijing, 4 CN_Guangzhou, 5 CN_Hongkong,
      6 JR_Beijing, 7 JR_Shanghai, 8 NA_Russia_1, 9 NA_Singapore_1
      """),

  AWS(
      1,
      """
      0 US_EAST_1, 1 US_EAST_2, 2 US_WEST_1, 3 US_WEST_2, 4 EU_WEST_1, 5 EU_WEST_2, 6 EU_WEST_3,
      7 EU_CENTRAL_1, 8 AP_SOUTHEAST_1, 9 AP_SOUTHEAST_2, 10 AP_NORTHEAST_1, 11 AP_NORTHEAST_2,
      12 SA_EAST_1, 13 CA_CENTRAL_1, 14 AP_SOUTH_1, 15 CN_NORTH_1, 16 CN_NORTHWEST_1,
      17 US_GOV_WEST_1, 18 AF_SOUTH_1, 19 AP_EAST_1, 20 AP_NORTHEAST_3, 21 EU_NORTH_1,
      22 ME_SOUTH_1, 23 US_GOV_EAST_1, 24 AP_SOUTHEAST_3, 25 EU_SOUTH_1, 28 IL_CENTRAL_1
      """),
  ALIBABA(
      2,
      """
      0 CN_Hangzhou, 1 CN_Shanghai, 2 CN_Qingdao, 3 CN_Beijing, 4 CN_Zhangjiakou, 5 CN_Huhehaote,
      6 CN_Shenzhen, 7 CN_Hongkong, 8 US_West_1, 9 US_East_1, 10 AP_Southeast_1,
      11 AP_Southeast_2, 12 AP_Southeast_3, 13 AP_Southeast_5, 14 AP_Northeast_1,
      15 AP_South_1, 16 EU_Central_1, 17 EU_West_1, 18 EU_East_1, 19 AP_Southeast_6,
      20 CN_Heyuan, 21 CN_Guangzhou, 22 CN_Chengdu, 23 CN_Nanjing, 24 CN_Fuzhou,
      25 CN_Wulanchabu, 26 CN_Northeast_2, 27 CN_Southeast_7
      """),
  TENCENT(
      3,
      """
      0 AP_Beijing_1, 1 AP_Beijing, 2 AP_Shanghai, 3 AP_Guangzhou, 4 AP_Chengdu, 5 AP_Chongqing,
      6 AP_Shenzhen_FSI, 7 AP_Shanghai_FSI, 8 AP_Beijing_FSI, 9 AP_Hongkong, 10 AP_Singapore,
      11 AP_Mumbai, 12 AP_Seoul, 13 AP_Bangkok, 14 AP_Tokyo, 15 NA_Siliconvalley,
      16 NA_Ashburn, 17 NA_Toronto, 18 EU_Frankfurt, 19 EU_Moscow
      """),
  AZURE(5, ""),
  GOOGLE(6, ""),
  HUAWEI(
      7,
      """
      0 CN_North_1, 1 CN_North_4, 2 CN_East_2, 3 CN_East_3, 4 CN_South_1, 5 CN_Southwest_2,
      6 AP_Southeast_1, 7 AP_Southeast_2, 8 AP_Southeast_3, 9 AF_South_1, 10 SA_Argentina_1,
      11 SA_Peru_1, 12 NA_Mexico_1, 13 SA_Brazil_1, 14 LA_South_2, 15 SA_Chile_1
      """),
  BAIDU(
      8,
      """
      0 Beijing, 1 Baoding, 2 Suzhou, 3 Guangzhou, 4 Hongkong, 5 Singapore, 6 Wuhan, 7 Shanghai
      """),
  S3_COMPATIBLE(11, "");

  /// @param name as Agora writes it; `0` where the vendor has no regions
  record Region(int number, String name) {
    private static final Region NONE = new Region(0, "0");

    private boolean isMeantBy(String text) {
      return text.strip().equals(String.valueOf(number)) || plain(text).equals(plain(name));
    }

    private static String plain(String text) {
      return text.replaceAll("[-_ ]", "").toUpperCase(Locale.ROOT);
    }
  }

  private final int number;
  private final List<Region> regions;

  Vendor(int number, String regions) {
    this.number = number;
    this.regions =
        Stream.of(regions.strip().split("\\s*,\\s*", -1))
            .filter(region -> !region.isEmpty())
            .map(region -> region.split(" ", 2))
            .map(region -> new Region(Integer.parseInt(region[0]), region[1]))
            .toList();
  }

  static Optional<Vendor> ofWord(String word) {
    return Stream.of(values()).filter(vendor -> vendor.word().equals(word)).findFirst();
  }

  /// The word of our configuration.
  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// Agora's number.
  int number() {
    return number;
  }

  List<Region> regions() {
    return regions;
  }

  /// Agora's region by its number or its name, in any case, with `-`, `_` or nothing between words.
  Optional<Region> region(String text) {
    if (regions.isEmpty()) {
      return Optional.of(Region.NONE).filter(none -> text.isBlank() || none.isMeantBy(text));
    }
    return regions.stream().filter(region -> region.isMeantBy(text)).findFirst();
  }
}
