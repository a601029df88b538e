package io.reelkeeper.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.reelkeeper.core.Destination;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.json.JsonMapper;

@ExtendWith(OutputCaptureExtension.class)
class StorageProfilesTest {

  private static final Map<String, String> AWS =
      Map.of(
          "vendor", "aws",
          "region", "EU_CENTRAL_1",
          "bucket", "recordings",
          "access-key", "AKIA-PUBLIC",
          "secret-key", "hush-hush");

  private static final Map<String, String> MINIO =
      Map.of(
          "vendor", "s3-compatible",
          "endpoint", "http://MinIO.example:9000/",
          "bucket", "recordings",
          "access-key", "AKIA-PUBLIC",
          "secret-key", "hush-hush");

  private static final List<String> FOLDERS = List.of("lessons", "math101");

  @Test
  void aProfileResolvesToAPlaceWithoutCredentials() {
    Destination place = profiles(AWS).resolve("primary", FOLDERS).orElseThrow();

    assertThat(place.vendor()).isEqualTo("aws");
    assertThat(place.region()).isEqualTo("EU_CENTRAL_1");
    assertThat(place.bucket()).isEqualTo("recordings");
    assertThat(place.endpoint()).isNull();
    assertThat(place.fingerprint()).matches("sha256:[0-9a-f]{64}");
    assertThat(place.toString()).doesNotContain("AKIA", "hush");
    assertThat(profiles(AWS).resolve("secondary", FOLDERS)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"EU_CENTRAL_1", "eu-central-1", "EuCentral1", "7", " 7 "})
  void aRegionIsMeantByItsNameInAnySpellingOrByItsNumber(String region) {
    assertThat(profiles(with(AWS, "region", region)).resolve("primary", FOLDERS))
        .isEqualTo(profiles(AWS).resolve("primary", FOLDERS));
  }

  @Test
  void theFingerprintMeansThePlaceAndNothingElse() {
    String fixed = fingerprint(AWS, FOLDERS);

    assertThat(fingerprint(with(AWS, "secret-key", "rotated"), FOLDERS)).isEqualTo(fixed);
    assertThat(fingerprint(with(AWS, "access-key", "rotated"), FOLDERS)).isEqualTo(fixed);
    assertThat(
            Stream.of(
                fixed,
                fingerprint(with(AWS, "region", "EU_WEST_1"), FOLDERS),
                fingerprint(with(AWS, "bucket", "other"), FOLDERS),
                fingerprint(with(with(AWS, "vendor", "huawei"), "region", "7"), FOLDERS),
                fingerprint(MINIO, FOLDERS),
                fingerprint(with(MINIO, "endpoint", "http://other.example"), FOLDERS),
                fingerprint(AWS, List.of()),
                fingerprint(AWS, List.of("lessonsmath101")),
                fingerprint(AWS, List.of("math101", "lessons"))))
        .doesNotHaveDuplicates();
  }

  @Test
  void anAddressIsTheSamePlaceInAnySpelling() {
    String fixed = fingerprint(with(MINIO, "endpoint", "https://s3.example"), FOLDERS);

    assertThat(fingerprint(with(MINIO, "endpoint", "HTTPS://S3.Example:443/"), FOLDERS))
        .isEqualTo(fixed);
  }

  @Test
  void agoraIsToldNumbersFoldersAndTheCredentialsOfToday() {
    Destination fixed = profiles(AWS).resolve("primary", FOLDERS).orElseThrow();

    var config = profiles(with(AWS, "secret-key", "rotated")).storageConfig(fixed);

    assertThat(config)
        .isEqualTo(
            JsonMapper.shared()
                .readTree(
                    """
                    {"vendor": 1, "region": 7, "bucket": "recordings", "accessKey": "AKIA-PUBLIC",
                     "secretKey": "rotated", "fileNamePrefix": ["lessons", "math101"]}
                    """));
  }

  @Test
  void agoraIsToldTheHostOfAnS3CompatibleStore() {
    Destination fixed = profiles(MINIO).resolve("primary", List.of()).orElseThrow();

    assertThat(fixed.endpoint()).isEqualTo("http://minio.example:9000");
    assertThat(profiles(MINIO).storageConfig(fixed))
        .isEqualTo(
            JsonMapper.shared()
                .readTree(
                    """
                    {"vendor": 11, "region": 0, "bucket": "recordings", "accessKey": "AKIA-PUBLIC",
                     "secretKey": "hush-hush", "extensionParams": {"endpoint": "minio.example:9000"}}
                    """));
  }

  @Test
  void aProfileThatLeadsElsewhereByNowIsNotUsed() {
    Destination fixed = profiles(AWS).resolve("primary", FOLDERS).orElseThrow();
    var moved = profiles(with(with(AWS, "bucket", "other"), "region", "EU_WEST_1"));

    var changed = catchThrowableOfType(DestinationChanged.class, () -> moved.storageConfig(fixed));

    assertThat(changed.fields()).containsExactly("region", "bucket");
    assertThat(changed).hasMessage("storage profile primary changed since: region, bucket");
  }

  @Test
  void aProfileThatIsGoneIsNotUsed() {
    Destination fixed = profiles(AWS).resolve("primary", FOLDERS).orElseThrow();
    var empty = new StorageProfiles(new StorageSettings(Map.of()));

    var changed = catchThrowableOfType(DestinationChanged.class, () -> empty.storageConfig(fixed));

    assertThat(changed.fields()).containsExactly("profile");
  }

  @ParameterizedTest
  @CsvSource({
    "vendor, gcs, vendor \"gcs\" is unknown; accepted: qiniu",
    "vendor, '', vendor (nothing) is unknown",
    "region, MARS_1, 'region \"MARS_1\" is none of aws; accepted: US_EAST_1 (0), US_EAST_2 (1)'",
    "region, 26, region \"26\" is none of aws",
    "region, '', region (nothing) is none of aws",
    "bucket, ' ', bucket is missing",
    "access-key, '', access-key is missing",
    "secret-key, '', secret-key is missing",
    "endpoint, https://s3.example, endpoint is set",
    "audit.access-key, reader, audit has only one",
    "audit.endpoint, ftp://user:pass@host, audit.endpoint is not an address",
  })
  void aMistakeIsToldInOneLineWithItsKey(String key, String value, String told) {
    List<String> problems = settings(with(AWS, key, value)).problems();

    assertThat(problems)
        .singleElement()
        .asString()
        .startsWith("reelkeeper.storage.primary." + told)
        .doesNotContain("hush", "AKIA", "pass", "\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "s3.example.com",
        "s3:9000",
        "ftp://s3.example",
        "https://user@s3.example",
        "https://s3.example/bucket",
        "https://s3.example?a=b"
      })
  void anEndpointIsSchemeHostAndPort(String endpoint) {
    assertThat(settings(with(MINIO, "endpoint", endpoint)).problems())
        .singleElement()
        .asString()
        .startsWith("reelkeeper.storage.primary.endpoint is not an address");
  }

  @Test
  void anS3CompatibleStoreNeedsItsAddress() {
    assertThat(settings(without(MINIO, "endpoint")).problems())
        .singleElement()
        .asString()
        .startsWith("reelkeeper.storage.primary.endpoint is missing");
  }

  @ParameterizedTest
  @EnumSource(Vendor.class)
  void noTwoRegionsOfAVendorAreMeantByTheSameWords(Vendor vendor) {
    for (var region : vendor.regions()) {
      assertThat(vendor.region(region.name())).contains(region);
      assertThat(vendor.region(String.valueOf(region.number()))).contains(region);
    }
    assertThat(Vendor.ofWord(vendor.word())).contains(vendor);
  }

  @Test
  void foldersFollowAgorasRule() {
    assertThat(StorageProfiles.prefixProblem(List.of())).isEmpty();
    assertThat(StorageProfiles.prefixProblem(FOLDERS)).isEmpty();
    assertThat(StorageProfiles.prefixProblem(List.of("a".repeat(63), "b".repeat(63)))).isEmpty();
    assertThat(StorageProfiles.prefixProblem(List.of("a".repeat(64), "b".repeat(63)))).isPresent();
    for (String bad : List.of("", "a/b", "a_b", "a-b", "ä", "a b", "..", "a\n")) {
      assertThat(StorageProfiles.prefixProblem(List.of("fine", bad))).as(bad).isPresent();
    }
  }

  @Test
  void aMistakeStopsTheStartWithItsLineAndWithoutSecrets(CapturedOutput output) {
    var application = new SpringApplication(OnlyStorage.class);
    application.setWebApplicationType(WebApplicationType.NONE);

    assertThatThrownBy(
            () ->
                application.run(
                    "--reelkeeper.storage.primary.vendor=aws",
                    "--reelkeeper.storage.primary.region=MARS_1",
                    "--reelkeeper.storage.primary.access-key=AKIA-PUBLIC",
                    "--reelkeeper.storage.primary.secret-key=hush-hush"))
        .isNotNull();

    assertThat(output)
        .contains(
            "reelkeeper.storage.primary.region \"MARS_1\" is none of aws",
            "reelkeeper.storage.primary.bucket is missing")
        .doesNotContain("hush", "AKIA", "\tat ");
  }

  @EnableConfigurationProperties(StorageSettings.class)
  static class OnlyStorage {}

  private static StorageProfiles profiles(Map<String, String> primary) {
    StorageSettings settings = settings(primary);
    assertThat(settings.problems()).isEmpty();
    return new StorageProfiles(settings);
  }

  private static StorageSettings settings(Map<String, String> primary) {
    var all = new HashMap<String, String>();
    primary.forEach((key, value) -> all.put("reelkeeper.storage.primary." + key, value));
    return new Binder(new MapConfigurationPropertySource(all))
        .bindOrCreate("reelkeeper", Bindable.of(StorageSettings.class));
  }

  private static String fingerprint(Map<String, String> primary, List<String> prefix) {
    return profiles(primary).resolve("primary", prefix).orElseThrow().fingerprint();
  }

  private static Map<String, String> with(Map<String, String> base, String key, String value) {
    var copy = new HashMap<>(base);
    copy.put(key, value);
    return copy;
  }

  private static Map<String, String> without(Map<String, String> base, String key) {
    var copy = new HashMap<>(base);
    copy.remove(key);
    return copy;
  }
}
