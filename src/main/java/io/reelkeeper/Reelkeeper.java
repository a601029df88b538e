package io.reelkeeper;

import java.util.List;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.scheduling.annotation.EnableScheduling;

/// The service: what it is made of is found in the packages beside this class.
@SpringBootApplication
@ConfigurationPropertiesScan
@EnableScheduling
public class Reelkeeper {

  public static void main(String[] args) {
    if (Commands.isOne(List.of(args))) {
      System.exit(Commands.ofProcess().run(List.of(args)));
    }
    // A notification must be refused within 200 ms when the database is away, so that Agora sends
    // it again; the pool's own floor for its time-out would be 250 ms.
    System.setProperty("com.zaxxer.hikari.timeoutMs.floor", "100");
    SpringApplication.run(Reelkeeper.class, args);
  }
}
