package io.reelkeeper.storage;

import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Where a vendor keeps the buckets of a region, in the vendor's own words.
///
/// @param endpoint null where Amazon's client knows it by the region
/// @param region as the vendor's signatures name it
/// @param pathStyle the bucket stands in the path and not in front of the host's name
record Address(@Nullable URI endpoint, String region, boolean pathStyle) {

  /// Where Agora's name is not the vendor's with other dashes. `audit.endpoint` corrects whatever
  /// has changed since.
  private static final Map<Vendor, Map<String, String>> OTHERWISE =
      Map.of(
          Vendor.ALIBABA,
          Map.of(
              "EU_East_1", "me-east-1", // Dubai
              "CN_Northeast_2", "ap-northeast-2",
              "CN_Southeast_7", "ap-southeast-7"),
          Vendor.BAIDU,
          Map.of(
              "Beijing", "bj",
              "Baoding", "bd",
              "Suzhou", "su",
              "Guangzhou", "gz",
              "Hongkong", "hkg",
              "Singapore", "sin",
              "Wuhan", "fwh",
              "Shanghai", "fsh"),
          Vendor.QINIU,
          Map.of(
              "East_China", "cn-east-1",
              "North_China", "cn-north-1",
              "South_China", "cn-south-1",
              "North_America", "us-north-1",
              "Southeast_Asia", "ap-southeast-1"),
          Vendor.KINGSOFT,
          Map.of(
              "CN_Hongkong", "cn-hk-1",
              "NA_Russia_1", "rus",
              "NA_Singapore_1", "sgp"));

  private static final Pattern NUMERIC = Pattern.compile("[0-9.]+|\\[.*]");

  /// Of the settings, which were checked at start.
  static Address of(StorageSettings.Profile profile) {
    Vendor vendor = Vendor.ofWord(profile.vendor()).orElseThrow();
    String region = region(vendor, vendor.region(profile.regionText()).orElseThrow());
    StorageSettings.Audit audit = profile.audit();
    URI own = audit == null ? null : audit.endpoint();
    URI endpoint = own == null ? published(vendor, region, profile) : own;
    Boolean wished = audit == null ? null : audit.pathStyle();
    boolean pathStyle = wished == null ? endpoint != null && hasNoNames(endpoint) : wished;
    return new Address(endpoint, region, pathStyle);
  }

  private static @Nullable URI published(
      Vendor vendor, String region, StorageSettings.Profile profile) {
    return switch (vendor) {
      case AWS -> null;
      case ALIBABA -> URI.create("https://s3.oss-" + region + ".aliyuncs.com");
      case TENCENT -> URI.create("https://cos." + region + ".myqcloud.com");
      case GOOGLE -> URI.create("https://storage.googleapis.com");
      case HUAWEI -> URI.create("https://obs." + region + ".myhuaweicloud.com");
      case BAIDU -> URI.create("https://s3." + region + ".bcebos.com");
      case QINIU -> URI.create("https://s3." + region + ".qiniucs.com");
      case KINGSOFT -> URI.create("https://ks3-" + region + ".ksyuncs.com");
      // the access key of an Azure profile is the name of its account
      case AZURE -> URI.create("https://" + profile.accessKey() + ".blob.core.windows.net");
      case S3_COMPATIBLE -> profile.endpoint();
    };
  }

  private static String region(Vendor vendor, Vendor.Region region) {
    return switch (vendor) {
      case GOOGLE -> "auto";
      case AZURE, S3_COMPATIBLE -> "us-east-1"; // what stores without regions are signed for
      default ->
          OTHERWISE
              .getOrDefault(vendor, Map.of())
              .getOrDefault(
                  region.name(), region.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    };
  }

  /// A number has no names in front of it, and those in front of `localhost` or of a container's
  /// name, which has no dot, hardly anybody resolves.
  static boolean hasNoNames(URI endpoint) {
    String host = endpoint.getHost();
    return host.indexOf('.') < 0 || NUMERIC.matcher(host).matches();
  }
}
