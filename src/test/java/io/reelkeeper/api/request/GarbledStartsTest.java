package io.reelkeeper.api.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.reelkeeper.Garbled;
import io.reelkeeper.api.ApiTest;
import io.reelkeeper.api.access.Caller;
import io.reelkeeper.api.problem.ProblemException;
import io.reelkeeper.session.Opening;
import io.reelkeeper.session.Secrets;
import io.reelkeeper.storage.StorageProfiles;
import java.util.Set;
import java.util.stream.Stream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;

/// Whatever is sent as a start is understood, or refused with what is wrong.
class GarbledStartsTest {

  private static final Caller CALLER = new Caller("lms", Set.of("classroom"));

  @TestConfiguration(proxyBeanMethods = false)
  @ConfigurationPropertiesScan("io.reelkeeper")
  @Import({StartRequests.class, StorageProfiles.class, Secrets.class})
  static class Parts {}

  private static final ConfigurableApplicationContext CONTEXT =
      new SpringApplicationBuilder(Parts.class)
          .web(WebApplicationType.NONE)
          .lazyInitialization(true)
          .run(
              Stream.of(ApiTest.class.getAnnotation(SpringBootTest.class).properties())
                  .map("--"::concat)
                  .toArray(String[]::new));

  private static final StartRequests REQUESTS = CONTEXT.getBean(StartRequests.class);

  @AfterContainer
  static void end() {
    CONTEXT.close();
  }

  @Provide
  Arbitrary<byte[]> bodies() {
    return Garbled.of(
        """
        {"app":"classroom","channel":"math-101","mode":"composite","storage":"primary",\
        "slot":"main","assurance":"critical","onIdle":"restart","uid":"17","backupUid":"18",\
        "recording":{"channelType":1,"maxIdleTime":300,"streamTypes":2,"transcodingConfig":\
        {"width":640,"height":360,"fps":15,"bitrate":500,"mixedVideoLayout":1},\
        "subscribeAudioUids":["1","2"],"subscribeUidGroup":0},\
        "files":{"avFileType":["hls","mp4"]},"prefix":["lessons"],"labels":{"lesson":"42"}}\
        """,
        """
        {"app":"classroom","channel":"c","mode":"individual","storage":"primary",\
        "recording":{"channelType":0,"subscribeUidGroup":1},"snapshots":{"captureInterval":10,\
        "fileType":["jpg"]}}\
        """,
        """
        {"app":"classroom","channel":"c","mode":"web","storage":"primary","web":\
        {"url":"https://example.org/lesson?x=1","audioProfile":0,"videoWidth":1280,\
        "videoHeight":720,"maxRecordingHour":3},"page":{"probe":true}}\
        """);
  }

  @Property
  void areUnderstoodOrRefused(@ForAll("bodies") byte[] body) {
    try {
      Opening opening = REQUESTS.read(CALLER, null, body);

      assertThat(opening.app()).isEqualTo("classroom");
      assertThat(opening.channel()).isNotEmpty();
      // without the backslashes that stand for themselves an escape is a character
      assertThat(opening.request().toString().replace("\\\\", "")).doesNotContain("\\u0000");
    } catch (ProblemException refused) {
      assertThat(refused.getMessage()).isNotBlank().doesNotContain("Exception", "io.reelkeeper");
    }
  }
}
