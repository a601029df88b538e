package io.reelkeeper;

import java.util.List;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.reactive.ReactiveOAuth2ResourceServerAutoConfiguration;
import org.springframework.scheduling.annotation.EnableScheduling;

/// The service: what it is made of is found in the packages beside this class.
// Boot's own decoder of tokens is not used, see io.reelkeeper.api.access
@SpringBootApplication(exclude = ReactiveOAuth2ResourceServerAutoConfiguration.class)
@ConfigurationPropertiesScan
@EnableScheduling
public class Reelkeeper {

  /// A virtual thread keeps its carrier while it loads a class or waits for a static initialiser.
  /// By default there are as many carriers as cores: with two, two such threads that wait for a
  /// third one, which has none, stop the service for good.
  private static final String CARRIERS = "jdk.virtualThreadScheduler.parallelism";

  private static final int FEWEST_CARRIERS = 16;

  public static void main(String[] args) {
    if (Commands.isOne(List.of(args))) {
      System.exit(Commands.ofProcess().run(List.of(args)));
    }
    if (System.getProperty(CARRIERS) == null) {
      int carriers = Math.max(FEWEST_CARRIERS, Runtime.getRuntime().availableProcessors());
      System.setProperty(CARRIERS, Integer.toString(carriers));
    }
    // A notification must be refused within 200 ms when the database is away, so that Agora sends
    // it again; the pool's own floor for its time-out would be 250 ms.
    System.setProperty("com.zaxxer.hikari.timeoutMs.floor", "100");
    SpringApplication.run(Reelkeeper.class, args);
  }
}
