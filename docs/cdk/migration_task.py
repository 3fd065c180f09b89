"""The migration task as a part of an existing CDK stack: what infra/migration-task.yaml deploys, with CDK's own constructs.

In Wumbo's ComputeStack, in the place of everything that begins with `migration_`:

    MigrationTask(
        self,
        "Migration",
        env_name=env_name,
        cluster=self.cluster,
        vpc=vpc,
        database_security_group=database_security_group,
        database_secret=database_secret,
        repository=migration_repository,
        image_digest=self.node.try_get_context("migration_digest"),
    )
"""

from aws_cdk import CfnOutput, Duration, RemovalPolicy, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_logs as logs
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct


class MigrationTask(Construct):
    """Log group, security group, roles and task definition, and the outputs that launch-migration looks for."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        env_name: str,
        cluster: ecs.ICluster,
        vpc: ec2.IVpc,
        database_security_group: ec2.ISecurityGroup,
        database_secret: secretsmanager.ISecret,
        repository: ecr.IRepository,
        image_digest: str,
    ) -> None:
        super().__init__(scope, construct_id)

        log_group = logs.LogGroup(
            self,
            "LogGroup",
            log_group_name=f"/aws/ecs/{env_name}-wumbo-cluster/migration",
            retention=logs.RetentionDays.ONE_YEAR,
            removal_policy=RemovalPolicy.RETAIN,
        )

        security_group = ec2.SecurityGroup(
            self, "SecurityGroup", vpc=vpc, description="Database migration task", allow_all_outbound=False
        )
        security_group.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(443), "AWS APIs: image, log, secret")
        security_group.add_egress_rule(database_security_group, ec2.Port.tcp(5432), "PostgreSQL")
        # A rule of this stack, not of the database's: the two stacks would depend on each other.
        ec2.CfnSecurityGroupIngress(
            self,
            "DatabaseIngress",
            group_id=database_security_group.security_group_id,
            source_security_group_id=security_group.security_group_id,
            ip_protocol="tcp",
            from_port=5432,
            to_port=5432,
            description="Database migration task",
        )

        task_definition = ecs.FargateTaskDefinition(
            self,
            "TaskDefinition",
            family=f"{env_name}-wumbo-migration",
            cpu=512,
            memory_limit_mib=1024,
            runtime_platform=ecs.RuntimePlatform(
                cpu_architecture=ecs.CpuArchitecture.ARM64,
                operating_system_family=ecs.OperatingSystemFamily.LINUX,
            ),
        )
        linux_parameters = ecs.LinuxParameters(self, "Linux", init_process_enabled=True)
        linux_parameters.drop_capabilities(ecs.Capability.ALL)
        container = task_definition.add_container(
            "migration",
            # By digest: what was reviewed is what runs.
            image=ecs.ContainerImage.from_registry(f"{repository.repository_uri}@{image_digest}"),
            environment={"ENVIRONMENT": env_name},
            # The whole secret, not its key `url`, which does not exist. Only the execution role may read it.
            secrets={"DATABASE_SECRET": ecs.Secret.from_secrets_manager(database_secret)},
            user="65532:65532",
            readonly_root_filesystem=True,
            stop_timeout=Duration.seconds(120),
            linux_parameters=linux_parameters,
            logging=ecs.LogDriver.aws_logs(
                log_group=log_group, stream_prefix="migration", mode=ecs.AwsLogDriverMode.BLOCKING
            ),
        )
        repository.grant_pull(task_definition.obtain_execution_role())

        subnets = vpc.select_subnets(subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS).subnet_ids
        self._output("ClusterName", cluster.cluster_name)
        self._output("MigrationTaskDefinitionArn", task_definition.task_definition_arn)
        self._output("MigrationTaskFamily", f"{env_name}-wumbo-migration")
        self._output("MigrationSubnetIds", ",".join(subnets))
        self._output("MigrationSecurityGroupId", security_group.security_group_id)
        self._output("MigrationLogGroupName", log_group.log_group_name)
        self._output("MigrationContainerName", container.container_name)

    def _output(self, key: str, value: str) -> None:
        """An output under exactly this name; one that the stack has already (ClusterName) stays as it is."""
        stack = Stack.of(self)
        if stack.node.try_find_child(key) is None:
            CfnOutput(stack, key, value=value)
