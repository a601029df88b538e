package io.reelkeeper.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.azure.core.util.BinaryData;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.BlobContainerClientBuilder;
import com.azure.storage.common.StorageSharedKeyCredential;
import io.reelkeeper.Azurite;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Looks into a container of Azure's own emulator.
class AzureBucketTest {

  private static @Nullable Azurite azurite;
  private static BlobContainerClient container;

  @BeforeAll
  static void start() {
    azurite = Azurite.start().orElse(null);
    assumeTrue(azurite != null, "Azurite is not installed, and npm cannot reach a registry");
    container =
        new BlobContainerClientBuilder()
            .endpoint(azurite.endpoint() + "/" + Azurite.ACCOUNT)
            .containerName("recordings")
            .credential(new StorageSharedKeyCredential(Azurite.ACCOUNT, Azurite.KEY))
            .buildClient();
    container.create();
  }

  @AfterAll
  static void stop() {
    if (azurite != null) {
      azurite.close();
    }
  }

  private static Bucket bucket(String name, String key) {
    return new AzureBucket(
        name,
        new Address(Objects.requireNonNull(azurite).endpoint(), "us-east-1", true),
        Azurite.ACCOUNT,
        key,
        InstantSource.system().withZone(ZoneOffset.UTC));
  }

  private static void put(String key, byte[] content) {
    container.getBlobClient(key).upload(BinaryData.fromBytes(content), true);
  }

  @Test
  void objectsAreListedByPrefixAThousandAtATime() {
    try (var threads = Executors.newFixedThreadPool(16)) {
      for (int i = 0; i < 1100; i++) {
        int number = i;
        threads.submit(() -> put("many/sid_%04d.ts".formatted(number), new byte[number % 3]));
      }
    }
    Bucket bucket = bucket("recordings", Azurite.KEY);
    var found = new ArrayList<Bucket.Stored>();
    String after = null;
    int calls = 0;
    do {
      Bucket.Page page = found(bucket.list("many/sid", after));
      found.addAll(page.objects());
      after = page.next();
      calls++;
    } while (after != null);

    assertThat(calls).isEqualTo(2);
    assertThat(found).hasSize(1100);
    assertThat(found.get(1099)).isEqualTo(new Bucket.Stored("many/sid_1099.ts", 1099 % 3));
  }

  @Test
  void anObjectIsReadAndLinked() throws Exception {
    put("lessons/a b.m3u8", "#EXTM3U".getBytes(UTF_8));
    Bucket bucket = bucket("recordings", Azurite.KEY);

    assertThat(found(bucket.read("lessons/a b.m3u8", 100, InputStream::readAllBytes)))
        .asString()
        .isEqualTo("#EXTM3U");
    assertThat(bucket.read("lessons/a b.m3u8", 3, InputStream::readAllBytes))
        .isInstanceOf(Seen.Unreachable.class);
    assertThat(bucket.read("nothing", 3, InputStream::readAllBytes))
        .isInstanceOf(Seen.Absent.class);
    URI link = bucket.link("lessons/a b.m3u8").orElseThrow();
    assertThat(
            HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(link).build(), HttpResponse.BodyHandlers.ofString())
                .body())
        .isEqualTo("#EXTM3U");
  }

  @Test
  void whyThereIsNothingToSeeIsAValue() {
    String wrong = Base64.getEncoder().encodeToString(new byte[64]);

    assertThat(bucket("recordings", wrong).probe()).isInstanceOf(Seen.Forbidden.class);
    assertThat(bucket("recordings", "no base64!").probe()).isInstanceOf(Seen.Forbidden.class);
    assertThat(bucket("nowhere", Azurite.KEY).probe()).isInstanceOf(Seen.NoBucket.class);
    assertThat(bucket("recordings", Azurite.KEY).probe()).isInstanceOf(Seen.Readable.class);
    assertThat(
            new AzureBucket(
                    "recordings",
                    new Address(URI.create("http://127.0.0.1:1"), "us-east-1", true),
                    Azurite.ACCOUNT,
                    Azurite.KEY,
                    InstantSource.system().withZone(ZoneOffset.UTC))
                .probe())
        .isInstanceOf(Seen.Unreachable.class);
  }

  @Test
  void aBucketListsInTheOrderOfItsKeys() {
    List.of("o/b.ts", "o/a_2.ts", "o/a.m3u8").forEach(key -> put(key, new byte[1]));

    assertThat(found(bucket("recordings", Azurite.KEY).list("o/", null)).objects())
        .extracting(Bucket.Stored::key)
        .containsExactly("o/a.m3u8", "o/a_2.ts", "o/b.ts");
  }

  private static <T> T found(Seen<T> seen) {
    assertThat(seen).as(seen.problem()).isInstanceOf(Seen.Readable.class);
    return ((Seen.Readable<T>) seen).found();
  }
}
