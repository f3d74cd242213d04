import { Module } from '@nestjs/common'
import { PaymentsModule } from './payments.module.ts'

@Module({ imports: [PaymentsModule] })
export class AppModule {}
