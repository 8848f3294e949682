package bench;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.serialization.SimpleStringSchema;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The same detection as a Flink job, source to sink, in one JVM with two slots. Arguments, all
 * NAME=VALUE: bootstrap, in, out, state (rocksdb or hashmap), dir (of checkpoints), bounded (false:
 * from now on, for ever), buffer (ms that a record may wait for others on its way).
 */
public final class Job {
    private static final long WINDOW_MS = 600_000;

    private Job() {}

    public static void main(String[] argv) throws Exception {
        Map<String, String> args = new HashMap<>();
        for (String arg : argv) {
            int i = arg.indexOf('=');
            args.put(arg.substring(0, i), arg.substring(i + 1));
        }
        var job = StreamExecutionEnvironment.createLocalEnvironment(2, configuration(args));
        // Times in the source: a watermark for each partition, of which the least counts.
        WatermarkStrategy<String> watermarks = WatermarkStrategy
            .<String>forMonotonousTimestamps()
            .withIdleness(Duration.ofSeconds(5))
            .withTimestampAssigner(
                (line, at) -> ParseLine.timeOf(line.substring(0, line.indexOf(';'))));
        job.fromSource(source(args), watermarks, "kafka")
            .flatMap(new ParseLine())
            .keyBy(one -> one.origin * 1_000_003L + one.target)
            .process(new RunningTotal(WINDOW_MS))
            .map(alert -> {
                Figures.countOut();
                return alert;
            })
            .sinkTo(sink(args));
        System.out.println("{\"starting\":true}");
        job.execute("bench");
        Figures.print();
        Runtime.getRuntime().halt(0);
    }

    private static Configuration configuration(Map<String, String> args) {
        Configuration settings = new Configuration();
        settings.setString("state.backend.type", args.get("state"));
        settings.setString("execution.checkpointing.storage", "filesystem");
        settings.setString("execution.checkpointing.dir", "file://" + args.get("dir"));
        settings.setString("execution.checkpointing.incremental", "true");
        settings.setString("execution.checkpointing.interval", "10000 ms");
        settings.setString("execution.checkpointing.mode", "EXACTLY_ONCE");
        String buffer = args.getOrDefault("buffer", "100");
        settings.setString("execution.buffer-timeout.interval", buffer + " ms");
        settings.setString("taskmanager.memory.managed.size", "256m");
        settings.setString("taskmanager.numberOfTaskSlots", "2");
        settings.setString("restart-strategy.type", "none");
        return settings;
    }

    private static KafkaSource<String> source(Map<String, String> args) {
        var source = KafkaSource.<String>builder()
            .setBootstrapServers(args.get("bootstrap"))
            .setTopics(args.get("in"))
            .setGroupId("flink-" + System.nanoTime())
            .setValueOnlyDeserializer(new SimpleStringSchema())
            .setProperty("max.poll.records", "2000");
        return Boolean.parseBoolean(args.getOrDefault("bounded", "true"))
            ? source.setStartingOffsets(OffsetsInitializer.earliest())
                .setBounded(OffsetsInitializer.latest())
                .build()
            : source.setStartingOffsets(OffsetsInitializer.latest()).build();
    }

    private static KafkaSink<String> sink(Map<String, String> args) {
        return KafkaSink.<String>builder()
            .setBootstrapServers(args.get("bootstrap"))
            .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
            .setRecordSerializer(KafkaRecordSerializationSchema.<String>builder()
                .setTopic(args.get("out"))
                .setValueSerializationSchema(new SimpleStringSchema())
                .build())
            .build();
    }
}
