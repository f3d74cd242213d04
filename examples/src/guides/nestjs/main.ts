import { NestFactory } from '@nestjs/core'
import { AppModule } from './app.module.ts'
import { TRACKER } from './payments.module.ts'
import { addWebhooks } from './webhooks.ts'

async function bootstrap(): Promise<void> {
  const app = await NestFactory.create(AppModule)
  addWebhooks(app, app.get(TRACKER))
  app.enableShutdownHooks()
  await app.listen(process.env.PORT ?? 3000)
}

void bootstrap()
