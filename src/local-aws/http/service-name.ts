export type ServiceName = 'ecs' | 'cloudformation' | 'logs' | 'sts';
