package io.reelkeeper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class AddressTest {

  @ParameterizedTest
  @CsvSource({
    "aws, EU_CENTRAL_1, '', eu-central-1",
    "aws, US_GOV_WEST_1, '', us-gov-west-1",
    "alibaba, CN_Hangzhou, https://s3.oss-cn-hangzhou.aliyuncs.com, cn-hangzhou",
    "alibaba, EU_East_1, https://s3.oss-me-east-1.aliyuncs.com, me-east-1",
    "tencent, AP_Shenzhen_FSI, https://cos.ap-shenzhen-fsi.myqcloud.com, ap-shenzhen-fsi",
    "google, 0, https://storage.googleapis.com, auto",
    "huawei, LA_South_2, https://obs.la-south-2.myhuaweicloud.com, la-south-2",
    "baidu, Singapore, https://s3.sin.bcebos.com, sin",
    "qiniu, South_China, https://s3.cn-south-1.qiniucs.com, cn-south-1",
    "kingsoft, JR_Beijing, https://ks3-jr-beijing.ksyuncs.com, jr-beijing",
    "kingsoft, NA_Singapore_1, https://ks3-sgp.ksyuncs.com, sgp",
    "azure, 0, https://account.blob.core.windows.net, us-east-1",
  })
  void everyVendorHasItsOwnWords(String vendor, String region, String endpoint, String signed) {
    Address address = address(Map.of("vendor", vendor, "region", region));

    assertThat(address.endpoint()).isEqualTo(endpoint.isEmpty() ? null : URI.create(endpoint));
    assertThat(address.region()).isEqualTo(signed);
    assertThat(address.pathStyle()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(Vendor.class)
  void everyRegionLeadsToAHost(Vendor vendor) {
    for (Vendor.Region region : vendor.regions()) {
      var settings = new HashMap<>(Map.of("vendor", vendor.word(), "region", region.name()));
      URI endpoint = address(settings).endpoint();
      assertThat(address(settings).region()).matches("[a-z0-9-]+");
      assertThat(endpoint == null || endpoint.getHost() != null).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "http://127.0.0.1:9000, true",
    "http://localhost:9000, true",
    "http://bucket:8095, true",
    "http://[::1]:9000, true",
    "https://10.0.0.7, true",
    "https://s3.example.com, false"
  })
  void aNumberHasNoBucketInFrontOfIt(String endpoint, boolean pathStyle) {
    assertThat(address(Map.of("vendor", "s3-compatible", "endpoint", endpoint)).pathStyle())
        .isEqualTo(pathStyle);
  }

  @Test
  void theAuditMayTakeAnotherWay() {
    Address address =
        address(
            Map.of(
                "vendor", "s3-compatible",
                "endpoint", "https://s3.example.com",
                "audit.endpoint", "http://minio.internal:9000",
                "audit.path-style", "true"));

    assertThat(address.endpoint()).isEqualTo(URI.create("http://minio.internal:9000"));
    assertThat(address.pathStyle()).isTrue();
  }

  private static Address address(Map<String, String> profile) {
    var all = new HashMap<String, String>();
    all.put("reelkeeper.storage.p.bucket", "recordings");
    all.put("reelkeeper.storage.p.access-key", "account");
    all.put("reelkeeper.storage.p.secret-key", "secret");
    profile.forEach((key, value) -> all.put("reelkeeper.storage.p." + key, value));
    var settings =
        new Binder(new MapConfigurationPropertySource(all))
            .bindOrCreate("reelkeeper", Bindable.of(StorageSettings.class));
    assertThat(settings.problems()).isEmpty();
    return Address.of(settings.storage().values().iterator().next());
  }
}
