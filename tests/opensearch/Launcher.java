import java.io.IOException;
import org.codelibs.opensearch.runner.OpenSearchRunner;

/**
 * One OpenSearch node: `java -cp ... Launcher.java FOLDER NAME=VALUE...`, where names are those of opensearch.yml.
 *
 * It ends when its standard input does, so that it never outlives who started it, however that one ends.
 */
public class Launcher {
    public static void main(String[] arguments) {
        // The runner's own main ends without a word where a port is above 9299, and takes no settings.
        OpenSearchRunner runner = new OpenSearchRunner() {{ maxHttpPort = -1; }};
        runner.onBuild((number, settings) -> {
            for (int i = 1; i < arguments.length; i++) {
                String[] setting = arguments[i].split("=", 2);
                settings.put(setting[0], setting[1]);
            }
        });
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(runner)));
        // A node's own threads are daemons: this one keeps it alive.
        new Thread(Launcher::awaitEndOfInput).start();
        try {
            runner.build("-numOfNode", "1", "-basePath", arguments[0]);
        } catch (RuntimeException error) {
            error.printStackTrace();
            System.exit(1);
        }
    }

    private static void awaitEndOfInput() {
        try {
            while (System.in.read() >= 0) { }
        } catch (IOException error) {
            error.printStackTrace();
        }
        System.exit(0);
    }

    private static void close(OpenSearchRunner runner) {
        try {
            runner.close();
        } catch (IOException error) {
            error.printStackTrace();
        }
    }
}
